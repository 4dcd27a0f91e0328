import type { Settings } from '../../charts';
import { loadOverlay } from '../../cli/overlays';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { InputError, type Problem } from '../../core/problem';
import { synthesize } from '../../core/synth';
import { program } from '../../program';

const OFF: Settings = { kafka: false, 'argo-events': false, jupyterhub: false, images: false };
const ORDERS = { format: 'iceberg', name: 'shop.orders', team: 'analytics' } as const;
const DAYS = { format: 'delta', bucket: 'curated', path: 'shop/days', team: 'analytics' } as const;

type Tables = NonNullable<Exclude<Settings['tables'], false>>;

function siteWith(tables: Tables, more: Partial<Overlay<Settings>> = {}, components: Settings = {}) {
  // What is no overlay is refused by those who render it.
  const overlay = loadOverlay(program.root, 'aws', (file) => require(file)) as Overlay<Settings>;
  const changes = { ...more, components: { ...OFF, tables, ...components } };
  return synthesize('site', extendOverlay(overlay, changes), program.platform);
}

function problemsOf(...change: Parameters<typeof siteWith>): readonly Problem[] {
  try {
    siteWith(...change);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

/** The workflow of a team, as text. */
const workflowOf = (site: ReturnType<typeof siteWith>, team: string): string =>
  JSON.stringify(
    site.model.entries.find(
      ({ manifest: { kind, metadata } }) =>
        kind === 'CronWorkflow' &&
        metadata.name === 'table-maintenance' &&
        metadata.namespace === `team-${team}`,
    )?.manifest ?? null,
  );

test('a team with tables has a workflow that looks after them, and waits for those who write them', () => {
  const site = siteWith({
    tables: [
      ORDERS,
      { ...DAYS, retentionDays: 30, mutexes: ['medallion'] },
      { format: 'hive', name: 'shop.stock' },
    ],
  });
  const text = workflowOf(site, 'analytics');
  expect(text).toContain('lake.shop.orders');
  expect(text).toContain('s3a://example-lake-eu-central-1-curated/shop/days');
  expect(text).toContain('"mutexes":[{"name":"medallion"}]');
  // Hive looks after its own.
  expect(text).not.toContain('stock');
  expect(workflowOf(site, 'science')).toBe('null');
});

test('files are as large as the overlay says of a layer, or of a table, whichever engine writes them', () => {
  const mib = { curated: 512, presentation: 64, warehouse: 1024 };
  const site = siteWith(
    {
      tables: [
        ORDERS,
        { ...DAYS, bucket: 'presentation' },
        { ...DAYS, path: 'shop/hours', fileMebibytes: 32 },
      ],
    },
    { buckets: { prefix: 'example-lake-eu-central-1', fileMebibytes: mib } },
  );
  const sizes = [...workflowOf(site, 'analytics').matchAll(/mib[\\"]*:(\d+)/g)].map(([, size]) =>
    Number(size),
  );
  expect(sizes).toEqual([1024, 64, 32]);
  const texts = site.model.entries
    .filter(({ manifest }) => manifest.kind === 'ConfigMap')
    .map(({ manifest }) => Object.values((manifest.data ?? {}) as Record<string, string>).join('\n'));
  const all = texts.join('\n');
  expect(all).toContain(`lake.table-default.write.target-file-size-bytes ${1024 * 2 ** 20}`);
  expect(all).toContain(`spark.databricks.delta.optimize.maxFileSize ${512 * 2 ** 20}`);
  expect(all).toMatch(/^iceberg.target-max-file-size=1024MB$/m);
  expect(all).toMatch(/^hive.target-max-file-size=1024MB$/m);
  expect(all).toMatch(/^delta.target-max-file-size=512MB$/m);
  for (const connector of ['iceberg', 'hive', 'delta']) {
    expect(all).toMatch(new RegExp(`^${connector}.compression-codec=ZSTD$`, 'm'));
  }
});

test('a size that no table should have is refused', () => {
  const buckets = { prefix: 'example-lake-eu-central-1', fileMebibytes: { curated: 4 } };
  expect(problemsOf({ tables: [] }, { buckets })).toMatchObject([
    { field: 'buckets.fileMebibytes.curated', found: 4 },
  ]);
  expect(problemsOf({ tables: [{ ...ORDERS, fileMebibytes: 5000 }] })).toMatchObject([
    { field: 'tables[0].fileMebibytes', found: 5000 },
  ]);
});

test.each<[string, Tables['tables'], string, string, Settings?]>([
  ['no such team', [{ ...ORDERS, team: 'sales' }], 'tables[0].team', 'there is no such team'],
  ['a table twice', [ORDERS, ORDERS], 'tables[1]', 'lies where iceberg shop.orders does'],
  [
    'a table for two times',
    [DAYS, { ...DAYS, retentionDays: 30 }],
    'tables[1].retentionDays',
    'declared twice, for 7 and for 30 days',
  ],
  [
    'a folder within a table',
    [DAYS, { ...DAYS, path: 'shop/days/old' }],
    'tables[1]',
    'lies where delta curated/shop/days does',
  ],
  [
    'a folder of two engines',
    [ORDERS, { ...DAYS, path: 'iceberg/shop/orders' }],
    'tables[1]',
    'lies where iceberg shop.orders does',
    { hive: false },
  ],
  ['less than a week', [{ ...ORDERS, retentionDays: 1 }], 'tables[0].retentionDays', 'is less than 7'],
  [
    'a catalog whose metastore is off',
    [{ format: 'hive', name: 'shop.stock' }],
    'tables[0].format',
    'whose metastore is off',
    { hive: false },
  ],
])('%s is refused', (_, tables, field, message, components = {}) => {
  expect(problemsOf({ tables }, {}, components)).toContainEqual(
    expect.objectContaining({
      component: 'tables',
      field,
      message: expect.stringContaining(message),
      remedy: expect.stringMatching(/\S/),
    }),
  );
});

test('a lifecycle that would take from a table is refused', () => {
  const buckets = {
    prefix: 'example-lake',
    lifecycle: { curated: { rules: [{ path: 'shop/', expireDays: 30 }] } },
  };
  const problems = problemsOf({ tables: [DAYS] }, { buckets } as Partial<Overlay<Settings>>);
  expect(problems).toContainEqual(
    expect.objectContaining({
      message: expect.stringContaining('files of the table delta curated/shop/days'),
    }),
  );
});
