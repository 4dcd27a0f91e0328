import { versions } from '../../../versions';

/**
 * Why an image of others does not carry the Spark of the platform, as far as its tag tells; undefined where it does.
 * @param declared the version that the overlay says it carries, which counts before the tag
 */
export function whyOtherSpark(image: string, declared: string | undefined): string | undefined {
  if (declared !== undefined) {
    return declared === versions.spark ? undefined : `sparkVersion says ${declared}`;
  }
  const tag = /:([\w.-]+)(@\S+)?$/.exec(image)?.[1] ?? '';
  const told = [...tag.matchAll(/(?<![\d.])\d+\.\d+\.\d+(?![\d.])/g)].map(([version]) => version);
  if (told.includes(versions.spark)) return undefined;
  return told.length > 0 ? `its tag says ${told.join(', ')}` : 'its tag tells no version';
}
