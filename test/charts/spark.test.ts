import { parse } from 'dot-properties';
import { load } from 'js-yaml';
import { podMemory } from '../../charts/processing/spark/memory';
import { suffixOf } from '../../charts/processing/spark/priorities';
import type { Manifest } from '../../core/manifest';
import { sitesWith } from '../support/sites';

const sites = sitesWith('namespaces', 'secrets', 'object-store', 'argo-workflows', 'spark');

/** The parts of a job that the tests look at. */
interface Job {
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly driver: { readonly template: unknown };
    readonly executor: { readonly template: unknown };
  };
}

describe.each([...sites])('%s', (_, { model }) => {
  const object = (kind: string, name: string, namespace?: string): Manifest => {
    const found = model.entries.find(
      ({ manifest: { kind: k, metadata: m } }) => k === kind && m.name === name && m.namespace === namespace,
    );
    if (!found) throw new Error(`there is no ${kind} ${namespace ?? ''}/${name}`);
    return JSON.parse(JSON.stringify(found.manifest)) as Manifest;
  };
  const conf = (configMap: Manifest) =>
    parse((configMap.data as Record<string, string>)['spark-defaults.conf'] ?? '') as Record<string, string>;
  const teams = model.site.teams.map(({ namespace }) => namespace);
  const [first = ''] = teams;
  const job = object('SparkApplication', 'trips', first) as unknown as Job;

  test('sessions of every team get the settings of jobs, and executors as jobs have them', () => {
    const operator = conf(object('ConfigMap', 'spark-operator-defaults', 'spark'));
    for (const namespace of teams) {
      const client = object('ConfigMap', 'spark-defaults', namespace);
      expect(conf(client)).toMatchObject({ ...operator, 'spark.kubernetes.namespace': namespace });
      const template = load((client.data as Record<string, string>)['executor.yaml'] ?? '');
      expect(template).toEqual({ apiVersion: 'v1', kind: 'Pod', ...(job.spec.executor.template as object) });
    }
  });

  test('no two jobs write one table: nothing keeps them apart', () => {
    const kinds = ['SparkApplication', 'ScheduledSparkApplication'];
    const specs = model.entries
      .filter(({ manifest: { kind } }) => kinds.includes(kind))
      .map(({ manifest: { spec } }) => spec as { template?: object })
      .map((spec) => (spec.template ?? spec) as { arguments: string[] });
    const written = specs.flatMap((each) =>
      each.arguments.filter((argument) =>
        /^--(raw|curated|presentation|iceberg|table|model)=/.test(argument),
      ),
    );
    expect(written.length).toBeGreaterThanOrEqual(2 * 4);
    expect(new Set(written).size).toBe(written.length);
  });

  test('everything that an executor on a lost node needs is set', () => {
    const { objectStore } = model.site.cloud;
    const scheme = objectStore.uri('b').split(':')[0];
    const settings = conf(object('ConfigMap', 'spark-operator-defaults', 'spark'));
    expect(settings['spark.eventLog.dir']).toMatch(`${scheme}://`);
    const fallback = settings['spark.storage.decommission.fallbackStorage.path'];
    expect(fallback).toMatch(`${scheme}://`);
    // Spark puts names behind it as it is.
    expect(fallback).toMatch(/\/$/);
    for (const [key, value] of Object.entries(objectStore.hadoop)) {
      expect(settings[`spark.hadoop.${key}`]).toBe(value);
    }
  });

  test('spark-job with its defaults is the job of the example, under a name that a second try has too', () => {
    const { spec } = object('ClusterWorkflowTemplate', 'spark-job') as unknown as {
      spec: {
        templates: {
          inputs: { parameters: { name: string; value?: string }[] };
          resource: { action: string; flags: string[]; manifest: string };
        }[];
      };
    };
    const [run] = spec.templates;
    const values: Record<string, string | undefined> = {
      step: 'curated',
      program: 'local:///opt/lakeport/programs/trips.py',
    };
    for (const { name, value } of run?.inputs.parameters ?? []) values[name] ??= value;
    const text = (run?.resource.manifest ?? '')
      .replace(/\{\{inputs\.parameters\.([a-z-]+)\}\}/g, (_match, name: string) => values[name] ?? '?')
      // A job that says nothing of its priority has the classes that every job has.
      .replaceAll(suffixOf('priority'), '')
      .replaceAll('{{workflow.name}}', 'medallion-1');
    const made = load(text) as Job;
    expect(made.metadata.name).toBe('medallion-1-curated');
    expect(run?.resource.action).toBe('apply');
    // Whoever follows it is another one each time: that is refused where the job has failed, and then it is made anew.
    expect(run?.resource.flags).toContain('--force');
    expect(text).toContain('lakeport.io/follower: "{{=sprig.uuidv4()}}"');
    const policy = object('ValidatingAdmissionPolicy', 'failed-jobs-are-made-anew') as unknown as {
      spec: { validations: { expression: string; reason: string }[] };
    };
    expect(policy.spec.validations).toEqual([expect.objectContaining({ reason: 'Invalid' })]);
    expect(made.spec).toEqual({ ...job.spec, arguments: [] });
  });

  test('the operator and its webhook watch exactly the namespaces of teams', () => {
    for (const name of ['spark-operator-controller', 'spark-operator-webhook']) {
      const text = JSON.stringify(object('Deployment', name, 'spark'));
      expect(text).toContain(`"--namespaces=${teams.join(',')}"`);
      for (const namespace of teams) object('RoleBinding', name, namespace);
    }
  });
});

test.each([
  // Spark's own arithmetic: 0.4 of the heap in whole MiB, 384 MiB at least.
  ['8Gi', '8192m', '11468Mi'],
  ['2Gi', '2048m', '2867Mi'],
  ['512Mi', '512m', '896Mi'],
  ['1500M', '1431m', '2003Mi'],
])('a heap of %s makes a pod of %s and the memory beside it', (heap, java, request) => {
  expect(podMemory(heap)).toMatchObject({ heap: java, request });
});
