import type { Settings } from '../../charts';
import { ALERTS, CLUSTER_METRICS, OPERATOR_METRICS } from '../../charts/processing/spark/alerts';
import { LINEAGE_LINES, lineageJars } from '../../charts/processing/spark/lineage';
import { settings } from '../../charts/processing/spark/settings';
import { MEASURED, operatorSize } from '../../charts/processing/spark/sizing';
import { loadOverlay } from '../../cli/overlays';
import type { Manifest } from '../../core/manifest';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { InputError } from '../../core/problem';
import { type Synthesis, synthesize } from '../../core/synth';
import { program } from '../../program';
import { versions } from '../../versions';

type Spark = Exclude<Settings['spark'], false | undefined>;

/** A site of overlays/ with these settings of Spark, held to all rules. */
const siteWith = (site: string, spark: Spark, more: Settings = {}): Synthesis => {
  const overlay = loadOverlay(program.root, site, (file) => require(file)) as Overlay<Settings>;
  return synthesize(site, extendOverlay(overlay, { components: { spark, ...more } }), program.platform);
};

/** With the settings of the overlay. */
const plain = siteWith('aws', {});

const all = ({ model }: Synthesis, kind: string, name: string): Manifest[] =>
  model.entries
    .filter(({ manifest: { kind: k, metadata: m } }) => k === kind && m.name === name)
    .map(({ manifest }) => JSON.parse(JSON.stringify(manifest)) as Manifest);
const namespaces = (made: Synthesis, kind: string, name: string) =>
  all(made, kind, name).map(({ metadata }) => metadata.namespace);
const textOf = (made: Synthesis, kind: string, name: string) => JSON.stringify(all(made, kind, name)[0]);

const problemsOf = (site: string, spark: unknown) => {
  try {
    siteWith(site, spark as Spark);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
};

describe('the operator is sized by the jobs that it starts a minute', () => {
  test('as its publisher measured it', () => {
    expect(operatorSize(MEASURED.perMinute)).toMatchObject({ threads: 10, cpu: '36000m' });
    expect(operatorSize(13)).toEqual({
      threads: 2,
      cpu: '3600m',
      memory: '1Gi',
      memoryLimit: '2048Mi',
      apiQps: 20,
      apiBurst: 30,
    });
  });

  test('and never smaller for more of them', () => {
    const sizes = Array.from({ length: MEASURED.perMinute }, (_, index) => operatorSize(index + 1));
    for (const [index, size] of sizes.entries()) {
      const before = sizes[index - 1] ?? size;
      expect(size.threads).toBeGreaterThanOrEqual(before.threads);
      expect(size.apiQps).toBeGreaterThanOrEqual(before.apiQps);
      expect(Number.parseInt(size.cpu, 10)).toBeGreaterThanOrEqual(Number.parseInt(before.cpu, 10));
    }
  });

  test('in a namespace that has room for it', () => {
    // All rules hold, the quota of the namespace among them; the floor stands in the way of so large an operator.
    const made = siteWith('onprem', { submissionsPerMinute: MEASURED.perMinute });
    expect(textOf(made, 'Deployment', 'spark-operator-controller')).toContain('"--controller-threads=10"');
    const { cpu } = made.model.site.namespaces.find(({ name }) => name === 'spark')?.quota ?? {};
    expect(Number(cpu)).toBeGreaterThan(2 * MEASURED.cores);
  });

  test.each([
    [0, 'must be at least 1'],
    [131, 'is more than one operator starts'],
  ])('%d a minute are refused', (submissionsPerMinute, message) => {
    expect(problemsOf('aws', { submissionsPerMinute })).toEqual([
      expect.objectContaining({ field: 'submissionsPerMinute', found: submissionsPerMinute, message }),
    ]);
  });
});

describe('Spark Connect', () => {
  test('is there for the first team, for teams that are named, or for none', () => {
    expect(namespaces(plain, 'Deployment', 'spark-connect')).toEqual(['team-ingestion']);
    const named = siteWith('aws', { connect: { teams: ['science', 'analytics'] } });
    expect(namespaces(named, 'Deployment', 'spark-connect')).toEqual(['team-analytics', 'team-science']);
    expect(namespaces(named, 'ExternalSecret', 'spark-connect')).toEqual(['team-analytics', 'team-science']);
    const none = siteWith('aws', { connect: { teams: [] } });
    for (const kind of ['Deployment', 'Service', 'ExternalSecret', 'PodDisruptionBudget']) {
      expect(namespaces(none, kind, 'spark-connect')).toEqual([]);
    }
  });

  test('keeps a server where a node goes, and its clients with the server of their session', () => {
    const made = siteWith('aws', { connect: { replicas: 3, executors: { min: 0, typical: 2, max: 4 } } });
    expect(all(made, 'Deployment', 'spark-connect')[0]).toMatchObject({ spec: { replicas: 3 } });
    expect(all(made, 'PodDisruptionBudget', 'spark-connect')[0]).toMatchObject({
      spec: { maxUnavailable: 1 },
    });
    expect(all(made, 'Service', 'spark-connect')[0]).toMatchObject({ spec: { sessionAffinity: 'ClientIP' } });
    expect(made.model.recorded.get('spark')?.demands).toContainEqual(
      expect.objectContaining({
        name: 'executors of spark-connect',
        placement: 'spot',
        pods: { min: 0, typical: 6, max: 12 },
      }),
    );
  });

  test('takes its token from a Secret, and no object has it', () => {
    const { spec } = all(plain, 'Deployment', 'spark-connect')[0] as unknown as {
      spec: { template: { spec: { containers: { env: object[]; args: string[] }[] } } };
    };
    const [server] = spec.template.spec.containers;
    expect(server?.env).toContainEqual({
      name: 'SPARK_CONNECT_AUTHENTICATE_TOKEN',
      valueFrom: { secretKeyRef: { name: 'spark-connect', key: 'token' } },
    });
    expect(server?.args.join(' ')).not.toContain('authenticate');
  });

  test('is reached by notebooks where there are any', () => {
    const policy = 'spark-connect-from-jupyterhub-notebook';
    expect(namespaces(plain, 'NetworkPolicy', policy)).toEqual(['team-ingestion']);
    expect(namespaces(siteWith('aws', {}, { jupyterhub: false }), 'NetworkPolicy', policy)).toEqual([]);
  });

  test('refuses a team that is none', () => {
    expect(problemsOf('aws', { connect: { teams: ['ingestion', 'sales'] } })).toEqual([
      expect.objectContaining({
        component: 'spark',
        field: 'connect.teams[1]',
        found: 'sales',
        remedy: 'write some of: ingestion, analytics, science',
      }),
    ]);
  });
});

describe('lineage', () => {
  const lineage = { url: 'https://lineage.example.com:5000', cidrs: ['10.0.0.0/8'] };

  test('is told by jobs and sessions, which fetch the listener and reach the server', () => {
    const made = siteWith('aws', { lineage });
    const listener = `io.openlineage:openlineage-spark_2.13:${versions.openLineage}`;
    for (const name of ['spark-operator-defaults', 'spark-defaults']) {
      const text = textOf(made, 'ConfigMap', name);
      expect(text).toContain(`spark.jars.packages ${listener}`);
      expect(text).toContain('spark.openlineage.transport.url https://lineage.example.com:5000');
      expect(text).toContain('spark.openlineage.transport.endpoint /api/v1/lineage');
      expect(text).toContain('spark.openlineage.namespace aws');
    }
    expect(textOf(made, 'ConfigMap', 'spark-history-server')).not.toContain('openlineage');
    for (const from of ['spark-driver', 'spark-connect', 'jupyterhub-notebook']) {
      for (const to of ['lineage', 'maven']) {
        expect(namespaces(made, 'NetworkPolicy', `${from}-to-${to}`)).toContain('team-ingestion');
      }
    }
    expect(textOf(made, 'NetworkPolicy', 'spark-driver-to-lineage')).toContain('"cidr":"10.0.0.0/8"');
    // Statements that bring packages of their own keep the listener.
    const onprem = siteWith('onprem', { lineage });
    expect(textOf(onprem, 'ConfigMap', 'spark-operator-defaults')).toContain(listener);
  });

  test('keeps the path of a URL that has one', () => {
    const made = siteWith('aws', { lineage: { url: 'http://lineage/take', namespace: 'lake' } });
    const text = textOf(made, 'ConfigMap', 'spark-defaults');
    expect(text).toContain('spark.openlineage.transport.endpoint /take');
    expect(text).toContain('spark.openlineage.namespace lake');
  });

  test('is refused for a Spark that the listener does not go with', () => {
    const chosen = settings.parse({ lineage });
    expect(lineageJars(chosen)).toHaveLength(1);
    expect(() => lineageJars(chosen, '4.2.0')).toThrow(
      /lineage: .*does not go with Spark 4\.2\.0\n.*\n {2}remedy: leave it out, or pin a Spark of 3\.5, 4\.0, 4\.1/,
    );
    expect(lineageJars(settings.parse({}), '4.2.0')).toEqual([]);
    expect(LINEAGE_LINES).toHaveProperty([versions.openLineage]);
  });

  test('is refused without a URL', () => {
    expect(problemsOf('aws', { lineage: { url: 'lineage' } })).toEqual([
      expect.objectContaining({ field: 'lineage.url', found: 'lineage', message: 'is no URL' }),
    ]);
  });
});

describe('alerts', () => {
  test('are written where they are asked for', () => {
    expect(namespaces(plain, 'PrometheusRule', 'spark-jobs')).toEqual([]);
    const made = siteWith('aws', { alerts: { labels: { release: 'monitoring' } } });
    expect(all(made, 'PrometheusRule', 'spark-jobs')[0]).toMatchObject({
      metadata: { namespace: 'spark', labels: { release: 'monitoring' } },
      spec: { groups: [{ name: 'spark-jobs', rules: ALERTS }] },
    });
  });

  test('speak of metrics that there are, and tell who is meant and what to do', () => {
    const known: readonly string[] = [...OPERATOR_METRICS, ...CLUSTER_METRICS];
    const used = new Set<string>();
    for (const { expr, annotations } of ALERTS) {
      const names = expr.match(/\b(spark|kube)_\w+/g) ?? [];
      expect(names).not.toEqual([]);
      for (const name of names) used.add(name);
      expect(annotations?.summary).toMatch(/\S/);
      expect(annotations?.description).toMatch(/kubectl/);
    }
    expect([...used].sort()).toEqual([...known].sort());
  });

  test('ask for the labels that the operator gives its metrics', () => {
    const text = textOf(plain, 'Deployment', 'spark-operator-controller');
    expect(text).toContain('"--metrics-labels=namespace,app_type"');
    for (const { expr } of ALERTS) {
      for (const [, labels] of expr.matchAll(/sum by \((\w+)\)/g))
        expect(['namespace', 'le']).toContain(labels);
    }
  });
});

test('the example of machine learning is part of a site whose image has what it needs', () => {
  const name = 'fare-model';
  expect(namespaces(plain, 'ScheduledSparkApplication', name)).toEqual(['team-ingestion']);
  // The image of Apache has no NumPy.
  expect(namespaces(siteWith('onprem', {}), 'ScheduledSparkApplication', name)).toEqual([]);
  const chosen = siteWith('aws', { training: { team: 'science', suspended: true } });
  expect(all(chosen, 'ScheduledSparkApplication', name)[0]).toMatchObject({
    metadata: { namespace: 'team-science' },
    spec: { suspend: true },
  });
});
