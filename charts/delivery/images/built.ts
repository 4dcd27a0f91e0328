import { stack } from '../../../compatibility';
import { checksum } from '../../../core/checksum';
import { InputError } from '../../../core/problem';
import type { SiteFacts } from '../../../core/site';
import { versions } from '../../../versions';
import type { Base } from './dockerfile';
import { FOLDER, type ImageFolder, imageFolders, type Root } from './folders';

/** An image as a site builds it and pulls it. */
export interface BuiltImage extends ImageFolder {
  /** Registry, path and name, without a tag. */
  readonly repository: string;
  /** Version of Spark or Hive, object store, and a checksum of all that the image is made of. */
  readonly tag: string;
  /** Repository and tag. */
  readonly reference: string;
}

/** Has the Python that fetches jars. */
export const PYTHON_IMAGE = `docker.io/library/python:${versions.python}-slim-bookworm`;

/** Images that are published elsewhere, and that those are put together from which have no base among ours. */
export const UPSTREAM = {
  spark: {
    APACHE_IMAGE: `docker.io/apache/spark:${versions.spark}-scala${stack.scala}-java21-python3-ubuntu`,
    JAVA_IMAGE: `docker.io/library/eclipse-temurin:${versions.java}-jre-jammy`,
    PYTHON_IMAGE,
  },
  hive: { APACHE_IMAGE: `docker.io/apache/hive:${versions.hive}`, PYTHON_IMAGE },
} as const satisfies Record<Root, Readonly<Record<string, string>>>;

/** Which of them an image is put together from in the end. */
export const rootOf = ({ name, base }: ImageFolder): Root =>
  base === undefined && name === 'hive' ? 'hive' : 'spark';

/** A site does not change while it is rendered, and many objects name an image. */
const known = new WeakMap<SiteFacts, readonly BuiltImage[]>();

/**
 * The images of a site, each after the one that it is built from; none where the site names no registry.
 * @throws InputError where a folder of the repository is no image that carries the Spark of the platform
 */
export function builtImages(site: SiteFacts): readonly BuiltImage[] {
  const images = known.get(site) ?? imagesOf(site);
  known.set(site, images);
  return images;
}

function imagesOf({ registry, cloud }: SiteFacts): readonly BuiltImage[] {
  if (registry === undefined) return [];
  const images = new Map<string, BuiltImage>();
  const { protocol } = cloud.objectStore.client;
  for (const folder of imageFolders()) {
    const below = folder.base === undefined ? UPSTREAM[rootOf(folder)] : images.get(folder.base)?.tag;
    const sum = checksum(JSON.stringify([folder.checksum, below])).slice(0, 8);
    const tag = `${versions[rootOf(folder)]}-${protocol}-${sum}`;
    const repository = `${registry}/${folder.name}`;
    images.set(folder.name, { ...folder, repository, tag, reference: `${repository}:${tag}` });
  }
  return [...images.values()];
}

/** The reference of an image of the platform; undefined where the site names no registry. */
export const lakeImage = (site: SiteFacts, name: Base | Root): string | undefined =>
  builtImages(site).find((each) => each.name === name)?.reference;

/**
 * The reference of an image of the repository, by its folder.
 * @param field the setting that names it
 * @param root what it must carry
 * @throws InputError where there is no such folder, or no registry to push it to
 */
export function ownImage(site: SiteFacts, name: string, field: string, root: Root = 'spark'): string {
  const images = builtImages(site).filter((each) => rootOf(each) === root);
  const found = images.find((each) => each.name === name);
  if (found) return found.reference;
  if (site.registry === undefined) {
    const message = `the image ${name} is built by this site, which names no registry to push it to`;
    throw new InputError([{ field, found: name, message, remedy: 'name one in the overlay: registry' }]);
  }
  const remedy = `write one of: ${images.map((each) => each.name).join(', ')}; or make the folder ${FOLDER}/${name}`;
  throw new InputError([{ field, found: name, message: `there is no such folder in ${FOLDER}`, remedy }]);
}
