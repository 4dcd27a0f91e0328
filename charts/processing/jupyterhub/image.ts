import { InputError } from '../../../core/problem';
import type { Site } from '../../../core/site';
import { versions } from '../../../versions';
import { lakeImage, whyOtherSpark } from '../../delivery/images';
import type { Settings } from './settings';

/**
 * The image of notebooks, as the site pulls it.
 * @throws InputError where none is named and the site builds none, or where it does not carry the Spark of the executors
 */
export function notebookImage(site: Site, { image, sparkVersion }: Settings): string {
  const needs = `JupyterLab, JupyterHub ${versions.jupyterHub} and Spark ${versions.spark}`;
  if (image === undefined) {
    const ours = lakeImage(site, 'notebook');
    if (ours !== undefined) return ours;
    const message = 'is missing: no public image has the Spark and the Python of the executors';
    const remedy = `name a registry in the overlay, to which the site pushes its own (registry), or an image that carries ${needs}, or turn jupyterhub off`;
    throw new InputError([{ field: 'image', message, remedy }]);
  }
  const why = whyOtherSpark(image, sparkVersion);
  if (why === undefined) return site.image(image);
  const message = `does not carry Spark ${versions.spark}, which the executors have: ${why}`;
  const remedy = `name one that does; where its tag does not tell, write sparkVersion: "${versions.spark}"`;
  throw new InputError([{ field: 'image', found: image, message, remedy }]);
}
