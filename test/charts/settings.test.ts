import { diff } from 'jest-diff';
import type { Settings } from '../../charts';
import { loadOverlay } from '../../cli/overlays';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { synthesize } from '../../core/synth';
import { treeOf } from '../../core/tree';
import { program } from '../../program';

const overlays = new Map(
  ['aws', 'onprem'].map((site) => [
    site,
    // A site without most of its components has too few spot nodes for a database that serves.
    extendOverlay(loadOverlay(program.root, site, (file) => require(file)) as Overlay<Settings>, {
      serving: undefined,
    }),
  ]),
);
const treeWith = (overlay: unknown) => treeOf(synthesize('site', overlay, program.platform));
const trees = new Map([...overlays].map(([site, overlay]) => [site, treeWith(overlay)]));

/** Files that a change of the overlay adds, removes and changes, with the lines around each change. */
function effect(site: string, change: Partial<Overlay<Settings>>): string {
  const [base, before] = [overlays.get(site), trees.get(site)];
  if (!base || !before) throw new Error(`there is no overlay ${site}`);
  const after = treeWith(extendOverlay(base, change));
  const options = { contextLines: 1, expand: false, omitAnnotationLines: true, patchColor: plain };
  const plainly = { aColor: plain, bColor: plain, changeColor: plain, commonColor: plain, ...options };
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((file) => before.get(file) !== after.get(file))
    .map((file) => {
      const [old, made] = [before.get(file), after.get(file)];
      if (old === undefined) return `+ ${file}`;
      if (made === undefined) return `- ${file}`;
      return `~ ${file}\n${diff(old, made, plainly)}`;
    })
    .join('\n');
}

const plain = (text: string): string => text;

// What settings other than the defaults change, and nothing else: a reviewer reads the difference.
test.each<[string, string, Settings]>([
  [
    'Argo Workflows archives to a database outside',
    'onprem',
    {
      'argo-workflows': {
        archive: { server: { host: 'pg.example.com', cidrs: ['10.0.0.0/8'] }, days: 30 },
      },
    },
  ],
  [
    'workflow pods are larger and fewer',
    'aws',
    {
      'argo-workflows': {
        request: { cpu: '2', memory: '4Gi' },
        parallelism: { min: 0, typical: 5, max: 20 },
      },
    },
  ],
  [
    'Spark jobs use an image that has everything',
    'aws',
    { spark: { image: 'registry.example.com/spark:4.1.3-lake-7', jars: [] } },
  ],
  [
    'Spark jobs fetch from an inner mirror',
    'onprem',
    { spark: { repositories: ['http://maven.example.internal:8081/releases'] } },
  ],
  [
    'Spark jobs are larger and fewer',
    'aws',
    {
      spark: {
        jobs: { min: 0, typical: 1, max: 2 },
        executors: { min: 1, typical: 6, max: 8 },
        driver: { cores: 2, memory: '4Gi' },
        executor: { cores: 8, memory: '24Gi' },
        submissionsPerMinute: 26,
      },
    },
  ],
  [
    'pipelines belong to another team and wait',
    'aws',
    {
      spark: {
        example: { team: 'science', schedule: '0 0 * * 1', suspended: true },
        medallion: { team: 'analytics', schedule: '0 6 * * *', suspended: true },
      },
      // Events start the pipeline where it is.
      'argo-events': {
        webhooks: [{ name: 'run', team: 'analytics' }],
        calendars: [],
        topics: [],
        buckets: [],
      },
    },
  ],
  ['there is no Argo Workflows', 'aws', { 'argo-workflows': false, 'argo-events': false, images: false }],
  [
    'there is neither Spark nor Kafka',
    'aws',
    { spark: false, kafka: false, 'argo-events': false, jupyterhub: false },
  ],
])('%s', (_, site, components) => {
  // Without the others, some would be mostly regular nodes.
  expect(`\n${effect(site, { spotFloor: 0, components })}\n`).toMatchSnapshot();
});
