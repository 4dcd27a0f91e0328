import fs from 'node:fs';
import path from 'node:path';
import type { Settings } from '../../charts';
import { DATABASES, decisions } from '../../charts/serving/advisor/decisions';
import { loadOverlay, siteNames } from '../../cli/overlays';
import type { Manifest } from '../../core/manifest';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { InputError, type Problem } from '../../core/problem';
import { resolveOverlay } from '../../core/settings';
import { type Synthesis, synthesize } from '../../core/synth';
import { program } from '../../program';

const { root, platform } = program;
const overlays = new Map(
  siteNames(root).map((site) => [
    site,
    // What is no overlay is refused by those who render it.
    loadOverlay(root, site, (file) => require(file)) as Overlay<Settings>,
  ]),
);

type Serving = NonNullable<Overlay<Settings>['serving']>;

/** What each of them leans on; the rest would only make the tests slower. */
const NEEDED = new Set([
  'namespaces',
  'node-pools',
  'secrets',
  'certificates',
  'postgres',
  'autoscaling',
  'object-store',
]);
const OTHERS = Object.fromEntries(
  platform.components
    .filter(({ name, optional, indispensable }) => !optional && !indispensable && !NEEDED.has(name))
    .map(({ name }) => [name, false]),
);

function overlayOf(site: string, changes: Partial<Overlay<Settings>>): Overlay<Settings> {
  const overlay = overlays.get(site);
  if (!overlay) throw new Error(`there is no overlay ${site}`);
  return extendOverlay(overlay, {
    serving: undefined,
    // A database alone is no lake.
    spotFloor: 0,
    ...changes,
    components: { ...OTHERS, ...changes.components },
  });
}

const siteWith = (changes: Partial<Overlay<Settings>>, site = 'aws'): Synthesis =>
  synthesize(site, overlayOf(site, changes), platform);

/** What is made of an overlay before anything is rendered. */
const resolved = (changes: Partial<Overlay<Settings>>) =>
  resolveOverlay('aws', overlayOf('aws', changes), platform);

function problemsOf(changes: Partial<Overlay<Settings>>, site?: string): readonly Problem[] {
  try {
    siteWith(changes, site);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

const on = ({ components }: ReturnType<typeof resolved>): string[] =>
  components
    .map(({ component: { name } }) => name)
    .filter((name) => platform.serving?.databases.includes(name));

function objectOf({ model }: Synthesis, kind: string, name: string): Manifest {
  const found = model.entries.find(
    ({ manifest }) => manifest.kind === kind && manifest.metadata.name === name,
  );
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found.manifest;
}

const needs: Serving = {
  volume: '100Gi',
  ingest: { amount: '10Gi', every: 'day' },
  arrival: 'batch',
  responseMs: 2_000,
  queriesPerSecond: 10,
  access: ['aggregation'],
};

describe('what a site needs picks one database', () => {
  test.each<[string, Partial<Serving>, string]>([
    ['joins', { access: ['joins'] }, 'starrocks'],
    ['aggregations over what comes all the time', { arrival: 'streaming' }, 'druid'],
    ['single rows', { access: ['key-lookup'], responseMs: 10, queriesPerSecond: 5_000 }, 'cassandra'],
    ['words in text', { access: ['full-text'] }, 'starrocks'],
    ['aggregations over rows that change', { arrival: 'streaming', updates: true }, 'starrocks'],
    ['aggregations over rows without a time', { arrival: 'streaming', timed: false }, 'starrocks'],
    ['many single writes', { access: ['key-lookup'], writesPerSecond: 1_000 }, 'cassandra'],
  ])('%s: %s', (_, changes, database) => {
    const site = resolved({ serving: { ...needs, ...changes } });
    expect(on(site)).toEqual([database]);
    expect(site.advice?.chosen?.component).toBe(database);
    expect(site.advice?.runnerUp?.component).not.toBe(database);
  });

  test('each line of the table decides something: there are needs that it alone has another answer for', () => {
    for (const { need, fits } of decisions) {
      const found = new Set(Object.values(fits).map(([fit]) => fit));
      expect({ need, differs: found.size > 1 }).toEqual({ need, differs: true });
    }
  });

  test('a choice by name is kept, also against the table', () => {
    const site = resolved({ serving: { ...needs, access: ['joins'], database: 'cassandra' } });
    expect(on(site)).toEqual(['cassandra']);
    expect(site.advice?.candidates[0].component).toBe('starrocks');
    expect(site.advice?.chosen?.ruledOut).toBe(true);
  });

  test('what is turned on by hand is there beside it, and what is turned off is not picked', () => {
    expect(on(resolved({ serving: needs, components: { cassandra: {} } }))).toEqual([
      'starrocks',
      'cassandra',
    ]);
    expect(on(resolved({ serving: needs, components: { starrocks: false } }))).toEqual(['druid']);
    expect(on(resolved({}))).toEqual([]);
    const off = { starrocks: false, druid: false, cassandra: false } as const;
    expect(on(resolved({ serving: needs, components: off }))).toEqual([]);
  });

  test('more is asked of more, and what the overlay says itself comes first', () => {
    const compute = (changes: Partial<Overlay<Settings>>) => {
      const found = resolved(changes).components.find(({ component }) => component.name === 'starrocks');
      if (!found) throw new Error('StarRocks is not on');
      // The settings of a component are what its schema makes.
      return (found.settings as { compute: object }).compute;
    };
    const busy = { ...needs, queriesPerSecond: 50, access: ['joins' as const] };
    expect(compute({ serving: needs })).toMatchObject({ nodes: { max: 4 }, cache: '10Gi', cpu: '2' });
    expect(compute({ serving: busy })).toMatchObject({ nodes: { max: 10 } });
    // Beside its own, the rest of what was advised stays.
    const own = compute({ serving: busy, components: { starrocks: { compute: { cpu: '4' } } } });
    expect(own).toMatchObject({ nodes: { max: 10 }, cpu: '4' });
  });
});

describe('is refused', () => {
  const where = { site: 'aws' };
  test('what no database meets, with the lines that rule each out', () => {
    const serving: Serving = { ...needs, access: ['joins'], updates: true, responseMs: 10 };
    expect(problemsOf({ serving })).toEqual([
      {
        ...where,
        field: 'serving',
        message:
          'no database meets all of it (' +
          'starrocks: answers come in less than 20 ms, but its point queries are short only with row storage, which shared-data clusters lack; ' +
          'druid: rows change after they were written, but it cannot update single rows, and answers come in less than 100 ms, but it aims at 100 ms to a few seconds, and answers come in less than 20 ms, but it aims at 100 ms to a few seconds; ' +
          'cassandra: queries join tables, but it has no joins)',
        remedy: 'ask for less on one of these lines, or choose one by name with serving.database',
      },
    ]);
  });

  test('a name that no database has', () => {
    expect(problemsOf({ serving: { ...needs, database: 'starrock' } })).toEqual([
      {
        ...where,
        field: 'serving.database',
        found: 'starrock',
        message: 'is no database that serves',
        remedy: 'did you mean "starrocks"?',
      },
    ]);
  });

  test('one that is chosen here and turned off there', () => {
    const problems = problemsOf({
      serving: { ...needs, database: 'druid' },
      components: { druid: false },
    });
    expect(problems).toEqual([
      {
        ...where,
        field: 'serving.database',
        found: 'druid',
        message: 'is chosen here, and components.druid turns it off',
        remedy: 'leave one of them out',
      },
    ]);
  });

  test.each([
    [
      'starrocks',
      'StarRocksCluster starrocks/lake spec.starRocksFeSpec.storageVolumes[fe-meta].storageClassName',
    ],
    ['druid', 'StatefulSet druid/historical storageClassName'],
    [
      'cassandra',
      'CassandraDatacenter cassandra/dc1 spec.storageConfig.cassandraDataVolumeClaimSpec.storageClassName',
    ],
  ] as const)('%s where nobody brings the class of its volumes', (name, field) => {
    const problems = problemsOf({ components: { 'node-pools': false, [name]: {} } });
    expect(problems).toContainEqual({
      ...where,
      component: name,
      field,
      found: 'gp3',
      message: 'there is no such StorageClass in the site',
      remedy: 'have a component that is on write it or have it made, or declare it external with a reason',
    });
  });

  const expire = (bucket: 'deep-storage' | 'backups', expireDays: number) => ({
    buckets: {
      prefix: 'example-lake',
      lifecycle: { [bucket]: { rules: [{ expireDays }] } },
      restoreDays: 1,
    },
  });
  const rule = (bucket: string) => `buckets.lifecycle.${bucket}.rules[0].expireDays`;

  test('a lifecycle that takes tables of StarRocks', () => {
    expect(problemsOf({ ...expire('deep-storage', 365), components: { starrocks: {} } })).toContainEqual({
      ...where,
      field: rule('deep-storage'),
      found: 365,
      message:
        'objects of the bucket deep-storage go after 365 days, and tables of StarRocks are needed as long as the site stands',
      remedy: 'leave it out, or name a path on which none of them lies',
    });
  });

  test('a lifecycle that takes segments of Druid before their rows go', () => {
    const components = { druid: { retentionDays: 90 } };
    expect(problemsOf({ ...expire('deep-storage', 90), components })).toEqual([]);
    expect(problemsOf({ ...expire('deep-storage', 30), components })).toContainEqual({
      ...where,
      field: rule('deep-storage'),
      found: 30,
      message:
        'objects of the bucket deep-storage go after 30 days, and segments of Druid are needed for 90 days',
      remedy: 'write 90 or more, or lower components.druid.retentionDays to 30',
    });
  });

  test('a lifecycle that takes backups of Cassandra too soon', () => {
    const found = problemsOf({
      ...expire('backups', 30),
      components: { cassandra: { backup: { retentionDays: 60 } } },
    });
    expect(found).toContainEqual({
      ...where,
      field: rule('backups'),
      found: 30,
      message:
        'objects of the bucket backups go after 30 days, and backups of Cassandra are needed for 60 days',
      remedy: 'write 60 or more, or lower components.cassandra.backup.retentionDays to 30',
    });
  });

  test('a size that leaves the floor', () => {
    const [problem] = problemsOf({ spotFloor: 0.7, components: { cassandra: { serversPerRack: 20 } } });
    expect(problem).toMatchObject({
      field: 'spotFloor',
      remedy: 'raise what runs on spot, or lower what does not (most: server in cassandra)',
    });
  });
});

describe('every database on every cloud', () => {
  test.each(siteNames(root).flatMap((site) => DATABASES.map((name) => [site, name] as const)))(
    '%s: %s keeps every rule',
    (site, name) => {
      const { model } = siteWith({ components: { [name]: {} } }, site);
      expect(DATABASES.filter((each) => model.site.isOn(each))).toEqual([name]);
    },
  );
});

describe('where the data are', () => {
  const starrocks = (site: string) =>
    (
      objectOf(siteWith({ components: { starrocks: {} } }, site), 'ConfigMap', 'frontend') as unknown as {
        data: Record<string, string>;
      }
    ).data['fe.conf'];
  test.each([
    ['aws', 'aws_s3_use_aws_sdk_default_behavior = true'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: StarRocks takes the value of a variable so.
    ['onprem', 'aws_s3_access_key = ${AWS_ACCESS_KEY_ID}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the same.
    ['azure', 'azure_adls2_shared_key = ${STORAGE_KEY}'],
    ['gcp', 'gcp_gcs_use_compute_engine_service_account = true'],
  ])('%s: StarRocks proves itself as the cloud wants it', (site, line) => {
    expect(starrocks(site)).toContain(`${line}\n`);
  });

  test('on nodes without slots compute nodes of StarRocks fall back to regular ones', () => {
    const placements = (site: string) =>
      siteWith({ components: { starrocks: {} } }, site)
        .model.recorded.get('starrocks')
        ?.demands.map(({ name }) => name);
    expect(placements('gcp')).toContain('compute-preferred');
    expect(placements('aws')).toContain('compute');
  });

  test('no two racks of Cassandra share what fails at once', () => {
    const { spec } = objectOf(
      siteWith({ components: { cassandra: {} } }, 'onprem'),
      'CassandraDatacenter',
      'dc1',
    );
    const { racks, size } = spec as unknown as {
      size: number;
      racks: { name: string; affinity: { podAntiAffinity: Record<string, unknown[]> } }[];
    };
    expect(size).toBe(3);
    for (const { name, affinity } of racks) {
      expect(affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toEqual([
        {
          topologyKey: 'kubernetes.io/hostname',
          labelSelector: {
            matchLabels: expect.objectContaining({ 'cassandra.datastax.com/cluster': 'lake' }),
            matchExpressions: [{ key: 'cassandra.datastax.com/rack', operator: 'NotIn', values: [name] }],
          },
        },
      ]);
    }
  });

  test('tasks of Druid run on spot nodes, by the text that masters read as by the object', () => {
    const site = siteWith({ components: { druid: {} } });
    const { data } = objectOf(site, 'ConfigMap', 'config') as unknown as { data: Record<string, string> };
    expect(data['task.yaml']).toContain('karpenter.sh/capacity-type');
    const share = site.model.recorded.get('druid')?.demands.filter(({ placement }) => placement === 'spot');
    expect(share?.map(({ name }) => name)).toEqual(['task']);
    expect(site.model.pods.some(({ manifest }) => manifest.kind === 'PodTemplate')).toBe(true);
  });

  test('Druid drops rows when the overlay says so, and else never', () => {
    const rules = (retentionDays?: number) =>
      (
        objectOf(
          siteWith({ components: { druid: retentionDays === undefined ? {} : { retentionDays } } }),
          'ConfigMap',
          'set-up',
        ) as unknown as { data: Record<string, string> }
      ).data['rules.json'];
    expect(rules()).toContain('loadForever');
    expect(rules(90)).toContain('"period":"P90D"');
    expect(rules(90)).toContain('dropForever');
  });
});

/** The decision table, cell by cell, as docs/serving.md shows it. */
const cells = () => [
  ['what is asked for', ...DATABASES],
  ...decisions.map(({ need, fits }) => [
    need,
    ...DATABASES.map((name) => {
      const [fit, why, source] = fits[name];
      return `**${fit}**: ${why} ([source](${source}))`;
    }),
  ]),
];

test('docs/serving.md shows the decision table', () => {
  const page = fs.readFileSync(path.join(root, 'docs/serving.md'), 'utf8');
  const shown = /<!-- table -->\n([\s\S]*?)\n<!-- \/table -->/.exec(page)?.[1] ?? '';
  const rows = shown
    .trim()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  // Below the heading stands what makes a table of it.
  expect(rows.filter((_, index) => index !== 1)).toEqual(cells());
});
