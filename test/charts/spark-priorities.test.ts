import type { Settings } from '../../charts';
import { suffixOf } from '../../charts/processing/spark/priorities';
import { loadOverlay } from '../../cli/overlays';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { InputError } from '../../core/problem';
import { synthesize } from '../../core/synth';
import type { SparkApplicationSpec } from '../../imports/spark-operator';
import { program } from '../../program';

const BATCH = { kind: 'batch', team: 'analytics', program: 'jobs/orders.py', executors: 1 } as const;

const siteWith = (spark: NonNullable<Settings['spark']>) => {
  const overlay = loadOverlay(program.root, 'aws', (file) => require(file)) as Overlay<Settings>;
  return synthesize('aws', extendOverlay(overlay, { components: { spark } }), program.platform);
};

const made = siteWith({
  applications: [
    { ...BATCH, name: 'usual' },
    { ...BATCH, name: 'urgent', priority: 'high' },
    { ...BATCH, name: 'patient', priority: 'low', spotShare: 0.5 },
  ],
});

/** Classes of the pods of a job. */
function classesOf(name: string): (string | undefined)[] {
  const found = made.model.entries.find(
    ({ manifest: { kind, metadata } }) => kind === 'SparkApplication' && metadata.name === name,
  );
  // The kind tells the shape.
  const { driver, executor } = (found?.manifest.spec ?? {}) as unknown as SparkApplicationSpec;
  return [driver, executor].map(({ template }) => template?.spec.priorityClassName);
}

test('a job is as urgent as it says, driver and executors', () => {
  expect(classesOf('usual')).toEqual(['lakeport-serving', 'lakeport-batch']);
  expect(classesOf('urgent')).toEqual(['lakeport-serving-high', 'lakeport-batch-high']);
  expect(classesOf('patient')).toEqual(['lakeport-serving-low', 'lakeport-batch-low']);
});

test('of jobs that wait, the urgent go first, and no driver stops what answers requests', () => {
  const classes = new Map(
    made.model.entries
      .map(({ manifest }) => manifest)
      .filter(({ kind }) => kind === 'PriorityClass')
      .map((each) => [each.metadata.name, each as unknown as { value: number; preemptionPolicy: string }]),
  );
  for (const kind of ['serving', 'batch']) {
    const values = ['-low', '', '-high'].map((end) => classes.get(`lakeport-${kind}${end}`)?.value ?? 0);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  }
  expect(classes.get('lakeport-batch-high')?.preemptionPolicy).toBe('PreemptLowerPriority');
  expect(classes.get('lakeport-serving-high')?.preemptionPolicy).toBe('Never');
  expect(classes.get('lakeport-batch-high')?.value).toBeLessThan(
    classes.get('lakeport-interactive')?.value ?? 0,
  );
});

test('a job of a workflow says it by a parameter of the template', () => {
  const template = made.model.entries.find(({ manifest }) => manifest.kind === 'ClusterWorkflowTemplate');
  const text = JSON.stringify(template?.manifest);
  expect(text).toContain(`lakeport-serving${suffixOf('priority')}`);
  expect(text).toContain(`lakeport-batch${suffixOf('priority')}`);
  expect(text).toContain('"enum":["low","normal","high"]');
});

test('another priority is refused', () => {
  expect(() => siteWith({ applications: [{ ...BATCH, name: 'now', priority: 'now' as 'high' }] })).toThrow(
    InputError,
  );
});
