import fs from 'node:fs';
import path from 'node:path';
import { k8s } from 'cdk8s-plus-27';
import { hiveConflicts } from '../../../compatibility';
import type { ComponentChart, PodSet } from '../../../core/chart';
import { InputError } from '../../../core/problem';
import type { Mount, Preparation } from '../../../core/workload';
import { versions } from '../../../versions';
import { FOLDER, lakeImage, ownImage, PYTHON_IMAGE, UPSTREAM } from '../../delivery/images';
import type { Settings } from './settings';

/** What pods run: the image, and what they fetch beside it where it is the one of Apache. */
export interface Software {
  readonly image: string;
  /** The folder of fetched jars; undefined where the image has them all. */
  readonly jars?: Mount;
  /** What fetches them. */
  readonly before: readonly Preparation[];
  /** Text that changes with what is fetched. */
  readonly lists: string;
}

/** The ConfigMap with the lists of jars and the program that fetches them, as the image is built with. */
const FETCHING = 'jars';
const JARS: Mount = { name: 'jars', path: '/opt/fetched', source: { emptyDir: {} } };
const LISTS = '/lists';

/** A folder of images/ and not a reference, which has a registry, a path or a tag. */
const isFolder = (image: string): boolean => /^[a-z0-9-]+$/.test(image);

/**
 * Checks that the pinned Hive goes with its connectors and with the Spark of the platform.
 * @throws InputError with every pair that does not
 */
export function requireSoundHive(
  hive: string = versions.hive,
  hadoop: string = versions.hiveHadoop,
  spark: string = versions.spark,
): void {
  const found = hiveConflicts(hive, hadoop, spark);
  if (found.length === 0) return;
  throw new InputError(found.map(({ key, ...conflict }) => ({ field: `versions.ts ${key}`, ...conflict })));
}

/** The image of both programs; where it is the one of Apache, pods fetch the rest, and the way to it is opened. */
export function softwareOf(
  chart: ComponentChart,
  { image, maven }: Settings,
  pods: readonly PodSet[],
): Software {
  const { site } = chart;
  const given =
    image === undefined
      ? lakeImage(site, 'hive')
      : isFolder(image)
        ? ownImage(site, image, 'image', 'hive')
        : image;
  if (given !== undefined) return { image: given, before: [], lists: '' };
  const files = filesOf(site.cloud.objectStore.client.protocol);
  new k8s.KubeConfigMap(chart, FETCHING, {
    metadata: { name: FETCHING, namespace: chart.home },
    data: files,
  });
  const { port, protocol } = new URL(maven);
  const ports = [Number(port) || (protocol === 'https:' ? 443 : 80)];
  for (const each of pods) chart.reach(each, { name: 'maven', cidrs: ['0.0.0.0/0'], ports });
  const lists = Object.keys(files).filter((name) => name.endsWith('.txt'));
  return {
    image: UPSTREAM.hive.APACHE_IMAGE,
    jars: JARS,
    before: [
      {
        name: 'fetch-jars',
        image: PYTHON_IMAGE,
        command: ['python3', `${LISTS}/fetch_jars.py`],
        args: ['--from', maven, '--to', JARS.path, ...lists.map((name) => `${LISTS}/${name}`)],
        resources: { cpu: '100m', memory: '128Mi' },
        mounts: [{ name: 'lists', path: LISTS, source: { configMap: { name: FETCHING } } }, JARS],
      },
    ],
    lists: JSON.stringify(files),
  };
}

function filesOf(connector: string): Record<string, string> {
  const folder = path.resolve(__dirname, '../../..', FOLDER, 'hive');
  return Object.fromEntries(
    ['fetch_jars.py', 'jars-database.txt', `jars-${connector}.txt`].map((name) => [
      name,
      fs.readFileSync(path.join(folder, name), 'utf8'),
    ]),
  );
}
