import { InputError } from '../../../core/problem';
import type { Site } from '../../../core/site';
import { versions } from '../../../versions';
import type { Settings } from './settings';

/**
 * The image of notebooks, as the site pulls it.
 * @throws InputError where none is named, or where it does not carry the Spark of the executors
 */
export function notebookImage(site: Site, { image, sparkVersion }: Settings): string {
  const needs = `JupyterLab, JupyterHub ${versions.jupyterHub} and Spark ${versions.spark}`;
  if (image === undefined) {
    const message = 'is missing: no public image has the Spark and the Python of the executors';
    throw new InputError([{ field: 'image', message, remedy: `name one that carries ${needs}` }]);
  }
  const why = whyOtherSpark(image, sparkVersion);
  if (why === undefined) return site.image(image);
  const message = `does not carry Spark ${versions.spark}, which the executors have: ${why}`;
  const remedy = `name one that does; where its tag does not tell, write sparkVersion: "${versions.spark}"`;
  throw new InputError([{ field: 'image', found: image, message, remedy }]);
}

function whyOtherSpark(image: string, declared: string | undefined): string | undefined {
  if (declared !== undefined) {
    return declared === versions.spark ? undefined : `sparkVersion says ${declared}`;
  }
  const tag = /:([\w.-]+)(@\S+)?$/.exec(image)?.[1] ?? '';
  const told = [...tag.matchAll(/(?<![\d.])\d+\.\d+\.\d+(?![\d.])/g)].map(([version]) => version);
  if (told.includes(versions.spark)) return undefined;
  return told.length > 0 ? `its tag says ${told.join(', ')}` : 'its tag tells no version';
}
