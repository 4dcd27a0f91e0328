import { load } from 'js-yaml';
import type { Settings } from '../../charts';
import { loadOverlay, siteNames } from '../../cli/overlays';
import type { Manifest } from '../../core/manifest';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { InputError, type Problem } from '../../core/problem';
import { type Synthesis, synthesize } from '../../core/synth';
import type { SparkApplicationSpec } from '../../imports/spark-operator';
import { program } from '../../program';

type Spark = Exclude<NonNullable<Settings['spark']>, false>;
type Application = NonNullable<Spark['applications']>[number];

const BATCH = { kind: 'batch', team: 'analytics', program: 'jobs/orders.py', executors: 2 } as const;
const GANG = { ...BATCH, name: 'together', gang: true } as const;

/** A site of overlays/ with these settings of Spark, held to all rules. */
function siteWith(site: string, spark: Spark, changes: Partial<Overlay<Settings>> = {}): Synthesis {
  const overlay = loadOverlay(program.root, site, (file) => require(file)) as Overlay<Settings>;
  const changed = extendOverlay(extendOverlay(overlay, changes), { components: { spark } });
  return synthesize(site, changed, program.platform);
}

const find = ({ model }: Synthesis, kind: string, name: string, namespace?: string): Manifest => {
  const found = model.entries.find(
    ({ manifest: { kind: k, metadata: m } }) =>
      k === kind && m.name === name && (namespace === undefined || m.namespace === namespace),
  );
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return JSON.parse(JSON.stringify(found.manifest)) as Manifest;
};
const dataOf = (manifest: Manifest) => manifest.data as Readonly<Record<string, string>>;
// The kind tells the shape.
const jobOf = (site: Synthesis, name: string) =>
  find(site, 'SparkApplication', name).spec as unknown as SparkApplicationSpec;

describe.each(siteNames(program.root))('%s with queues', (name) => {
  const made = siteWith(name, {
    queues: { guaranteed: 0.4 },
    applications: [GANG, { ...BATCH, name: 'usual' }],
  });

  test('each team has a queue with its quota at most, of which a part comes first', () => {
    const { partitions } = load(dataOf(find(made, 'ConfigMap', 'yunikorn-configs'))['queues.yaml'] ?? '') as {
      partitions: object[];
    };
    const resources = {
      guaranteed: { vcore: '120000m', memory: '491520Mi' },
      max: { vcore: '300000m', memory: '1228800Mi', pods: '300' },
    };
    expect(partitions).toEqual([
      {
        name: 'default',
        placementrules: [{ name: 'tag', value: 'namespace', create: false }],
        queues: [
          {
            name: 'root',
            submitacl: '*',
            queues: ['ingestion', 'analytics', 'science'].map((team) => ({
              name: `team-${team}`,
              resources,
            })),
          },
        ],
      },
    ]);
  });

  test('the quota of Kubernetes is what it was', () => {
    expect(find(made, 'ResourceQuota', 'compute', 'team-analytics').spec).toMatchObject({
      hard: { 'requests.cpu': '300', 'requests.memory': '1200Gi', pods: 300 },
    });
  });

  test('drivers and executors of jobs and sessions wait in them, and the API server takes no others', () => {
    const conf = 'spark.kubernetes.scheduler.name yunikorn\n';
    expect(dataOf(find(made, 'ConfigMap', 'spark-operator-defaults'))['spark-defaults.conf']).toContain(conf);
    for (const namespace of ['team-ingestion', 'team-analytics', 'team-science']) {
      const sessions = dataOf(find(made, 'ConfigMap', 'spark-defaults', namespace))['spark-defaults.conf'];
      expect(sessions).toContain(conf);
    }
    expect(find(made, 'ValidatingAdmissionPolicy', 'spark-pods-in-queues').spec).toMatchObject({
      matchConstraints: { objectSelector: { matchExpressions: [{ key: 'spark-role', operator: 'Exists' }] } },
      validations: [{ expression: `object.spec.?schedulerName.orValue('') == "yunikorn"` }],
    });
  });

  test('the placeholders of a gang are placed as its pods are, and wait so long', () => {
    const { driver, executor, ...job } = jobOf(made, 'together');
    expect(job).toMatchObject({
      batchScheduler: 'yunikorn',
      batchSchedulerOptions: { queue: 'root.team-analytics' },
      dynamicAllocation: { initialExecutors: 2, maxExecutors: 2 },
    });
    for (const each of [driver, executor]) {
      expect(each.affinity).toEqual(each.template?.spec.affinity);
      expect(each.affinity).toBeDefined();
      expect(each.tolerations).toEqual(each.template?.spec.tolerations);
    }
    expect(driver.annotations).toEqual({
      'yunikorn.apache.org/schedulingPolicyParameters':
        'placeholderTimeoutInSeconds=900 gangSchedulingStyle=Hard',
    });
  });

  test('another job has none', () => {
    const usual = jobOf(made, 'usual');
    expect(usual.batchScheduler).toBeUndefined();
    expect(usual.driver.affinity).toBeUndefined();
    expect(usual.dynamicAllocation?.initialExecutors).toBeUndefined();
  });

  test('the operator is told to make gangs, and the scheduler may do so in namespaces of teams alone', () => {
    const { spec } = find(made, 'Deployment', 'spark-operator-controller');
    expect(JSON.stringify(spec)).toContain('"--enable-batch-scheduler=true"');
    const making = made.model.entries
      .map(({ manifest }) => manifest as Manifest & { rules?: { resources: string[]; verbs: string[] }[] })
      .filter(({ kind, metadata }) => kind.endsWith('Role') && metadata.name === 'yunikorn')
      .filter(({ rules = [] }) => rules.some((rule) => rule.verbs.includes('create')))
      .map(({ kind, metadata }) => `${kind} ${metadata.namespace}`);
    expect(making.sort()).toEqual(['Role team-analytics', 'Role team-ingestion', 'Role team-science']);
  });
});

test('nothing of it is there where no overlay asks for it', () => {
  const plain = siteWith('aws', {});
  const names = plain.model.entries.map(({ manifest }) => manifest.metadata.name);
  expect(names.filter((name) => /yunikorn|queues/.test(name))).toEqual([]);
  expect(JSON.stringify(plain.model.entries.map(({ manifest }) => manifest))).not.toContain('yunikorn');
});

describe('a gang is refused', () => {
  const refused = (application: Application, spark: Spark = { queues: {} }): readonly Problem[] => {
    try {
      siteWith('aws', { ...spark, applications: [application] }, { largestNode: { memory: '4Ti' } });
    } catch (error) {
      if (error instanceof InputError) return error.problems.filter(({ component }) => component === 'spark');
      throw error;
    }
    return [];
  };

  test.each<[string, Application, Spark | undefined, object]>([
    [
      'without queues',
      GANG,
      {},
      {
        field: 'applications[0].gang',
        found: true,
        message: 'needs queues, which the overlay does not turn on',
        remedy: 'write queues: {} under components.spark, or leave it out',
      },
    ],
    [
      'that is split',
      { ...GANG, spotShare: 0.5 },
      undefined,
      {
        field: 'applications[0].gang',
        found: true,
        message:
          'holds room for executors before they are there, which cannot be split by a spotShare of 0.5',
        remedy: 'write spotShare 1 or 0, or leave gang out',
      },
    ],
    [
      'whose pods and placeholders are more than the quota',
      // With the driver and one more executor: 1 + 75 × 4 > 300.
      { ...GANG, executors: 74 },
      undefined,
      {
        field: 'applications[0].executors',
        found: 74,
        message:
          'start together, for which cpu of 301 is needed while they do; the quota of team analytics is 300',
        remedy: 'write fewer executors, or raise the quota of the team',
      },
    ],
  ])('%s', (_, application, spark, problem) => {
    expect(refused(application, spark)).toEqual([{ site: 'aws', component: 'spark', ...problem }]);
  });

  test('with a share of a quota that is none', () => {
    expect(refused(GANG, { queues: { guaranteed: 1.5 } })).toEqual([
      expect.objectContaining({ field: 'queues.guaranteed', found: 1.5 }),
    ]);
  });
});
