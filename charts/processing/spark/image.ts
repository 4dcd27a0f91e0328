import { coordinates, type JarList, jarConflict, stack } from '../../../compatibility';
import { InputError } from '../../../core/problem';
import type { Site } from '../../../core/site';
import { versions } from '../../../versions';
import { lakeImage, ownImage, whyOtherSpark } from '../../delivery/images';
import type { Settings } from './settings';

/** As Apache publishes it: Spark, and no connector of an object store. */
const PUBLISHED = `docker.io/apache/spark:${versions.spark}-scala2.13-java21-python3-ubuntu`;

type Chosen = Pick<Settings, 'image' | 'sparkVersion' | 'jars'>;

/** A folder of images/ and not a reference, which has a registry, a path or a tag. */
const isFolder = (image: string): boolean => /^[a-z0-9-]+$/.test(image);

/** Whether the image is one of the platform, which has all that jobs need. */
export const isOurs = (site: Site, { image }: Chosen): boolean =>
  image === undefined ? site.registry !== undefined : isFolder(image);

/**
 * The image of drivers, executors and the history server, as the site pulls it.
 * @throws InputError where it does not carry the Spark of the platform, as far as its tag and the settings tell
 */
export function imageOf(site: Site, chosen: Chosen): string {
  const { image } = chosen;
  if (image === undefined) return lakeImage(site, 'spark') ?? site.image(PUBLISHED);
  if (isFolder(image)) return ownImage(site, image, 'image');
  const why = whyOtherSpark(image, chosen.sparkVersion);
  if (why === undefined) return site.image(image);
  const remedy =
    `build it from an image of the platform (docs/images.md); where it does carry Spark ${versions.spark}, ` +
    `write sparkVersion: "${versions.spark}"`;
  const message = `does not carry Spark ${versions.spark}, with which jobs are submitted: ${why}`;
  throw new InputError([{ field: 'image', found: image, message, remedy }]);
}

/** Where a Maven repository has the jar of Google: packages have no classifiers. */
const url = (coordinate: string): string => {
  const [group = '', artifact = '', version = '', classifier = ''] = coordinate.split(':');
  return `https://repo1.maven.org/maven2/${group.replaceAll('.', '/')}/${artifact}/${version}/${artifact}-${version}-${classifier}.jar`;
};

/**
 * Jars that are fetched when a job starts: those of tables and the connector of the object store, or those chosen.
 * @throws InputError where one is built for another Spark
 */
export const jarsOf = (site: Site, chosen: Chosen): readonly string[] =>
  fetched(site, chosen, 'tables', site.cloud.objectStore.client.protocol);

/** The same for a program that only reads from the object store. */
export const storeJars = (site: Site, chosen: Chosen): readonly string[] =>
  fetched(site, chosen, site.cloud.objectStore.client.protocol);

function fetched(site: Site, chosen: Chosen, ...lists: readonly JarList[]): readonly string[] {
  if (chosen.jars === undefined) {
    if (isOurs(site, chosen)) return [];
    const jars = lists.flatMap((list) => coordinates(stack)[list]);
    return jars.map((each) => (each.split(':').length > 3 ? url(each) : each));
  }
  const problems = chosen.jars.flatMap((found, index) => {
    const why = jarConflict(found, stack);
    if (why === undefined) return [];
    return [
      { field: `jars[${index}]`, found, message: why, remedy: 'name the one that fits; docs/images.md' },
    ];
  });
  if (problems.length > 0) throw new InputError(problems);
  return chosen.jars;
}
