import fs from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { load } from 'js-yaml';
import type { Settings } from '../../charts';
import { loadOverlay } from '../../cli/overlays';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { synthesize } from '../../core/synth';
import { program } from '../../program';
import { sitesWith } from '../support/sites';

const sites = sitesWith('namespaces', 'secrets', 'object-store', 'argo-workflows', 'spark');

interface Template {
  readonly name: string;
  readonly inputs?: { readonly parameters: readonly { readonly name: string; readonly value?: string }[] };
}

interface Task {
  readonly templateRef: { readonly name: string; readonly template: string };
  readonly arguments?: { readonly parameters: readonly { readonly name: string }[] };
}

/** The template of the platform that a task refers to. */
function templateOf({ templateRef }: Task): Template {
  const models = [...sites.values()].map(({ model }) => model);
  const found = models
    .flatMap(({ entries }) => entries)
    .find(
      ({ manifest: { kind, metadata } }) =>
        kind === 'ClusterWorkflowTemplate' && metadata.name === templateRef.name,
    );
  if (!found) throw new Error(`there is no ClusterWorkflowTemplate ${templateRef.name}`);
  // The kind tells the shape.
  const { templates } = found.manifest.spec as unknown as { templates: readonly Template[] };
  const template = templates.find(({ name }) => name === templateRef.template);
  if (!template) throw new Error(`there is no template ${templateRef.template}`);
  return template;
}

interface Spec {
  readonly templates?: readonly { readonly dag: { readonly tasks: readonly Task[] } }[];
  readonly workflowTemplateRef?: { readonly name: string };
  readonly arguments?: { readonly parameters: readonly { readonly name: string }[] };
}

/** The workflows that a page shows. */
function workflowsOf(file: string): readonly Spec[] {
  const page = fs.readFileSync(path.join(program.root, file), 'utf8');
  return [...page.matchAll(/^( *)```yaml\n(.*?)^\1```/gms)].map(([, indent = '', yaml = '']) => {
    const { spec } = load(yaml.replaceAll(new RegExp(`^${indent}`, 'gm'), '')) as {
      spec: Spec & { workflowSpec?: Spec };
    };
    return spec.workflowSpec ?? spec;
  });
}

test.each(['docs/jobs.md', 'docs/guides/data-engineer.md'])(
  'workflows in %s name templates that exist and give them what they ask for',
  (file) => {
    const tasks = workflowsOf(file).flatMap(({ templates = [] }) =>
      templates.flatMap(({ dag }) => dag.tasks),
    );
    expect(tasks).toHaveLength(2);
    for (const task of tasks) {
      const known = templateOf(task).inputs?.parameters ?? [];
      const given = (task.arguments?.parameters ?? []).map(({ name }) => name);
      expect(known.map(({ name }) => name)).toEqual(expect.arrayContaining(given));
      const required = known.filter(({ value }) => value === undefined).map(({ name }) => name);
      expect(given).toEqual(expect.arrayContaining(required));
    }
  },
);

test('the guide starts the pipeline of the example with a parameter that it has', () => {
  const [started] = workflowsOf('docs/guides/data-engineer.md').filter((spec) => spec.workflowTemplateRef);
  const [pipeline] = [...sites.values()]
    .flatMap(({ model }) => model.entries.map(({ manifest }) => manifest))
    .filter(
      ({ kind, metadata }) =>
        kind === 'WorkflowTemplate' && metadata.name === started?.workflowTemplateRef?.name,
    );
  if (!pipeline) throw new Error('the guide starts a pipeline that does not exist');
  // The kind tells the shape.
  const { arguments: known, synchronization } = pipeline.spec as unknown as Spec & {
    synchronization: unknown;
  };
  expect(known?.parameters).toEqual([expect.objectContaining({ name: 'date', value: 'all' })]);
  expect(started?.arguments?.parameters.map(({ name }) => name)).toEqual(['date']);
  // Two at once would write the same tables.
  expect(synchronization).toEqual({ mutexes: [{ name: 'medallion' }] });
});

test('docs/jobs.md tells every parameter', () => {
  const page = fs.readFileSync(path.join(program.root, 'docs/jobs.md'), 'utf8');
  const run = templateOf({ templateRef: { name: 'spark-job', template: 'run' } });
  for (const { name } of run.inputs?.parameters ?? []) expect(page).toContain(`\`${name}\``);
});

/** What a page says to write under `components` of an overlay. */
function componentsOf(file: string): readonly Settings[] {
  const page = fs.readFileSync(path.join(program.root, file), 'utf8');
  return [...page.matchAll(/^( *)```ts\n\1components: (\{.*?^\1\}),\n\1```/gms)].map(
    // What the page shows is a literal.
    ([, , text = '']) => runInNewContext(`(${text})`) as Settings,
  );
}

test('what the guide of data engineers adds to an overlay makes its jobs and its topic', () => {
  const base = loadOverlay(program.root, 'aws', (file) => require(file)) as Overlay<Settings>;
  const { topics = [] } = base.components?.kafka || {};
  const made = componentsOf('docs/guides/data-engineer.md').map((added) => {
    // Beside the topics that are there, as the page says.
    const kafka = added.kafka && { topics: [...topics, ...(added.kafka.topics ?? [])] };
    const components = kafka ? { ...added, kafka } : added;
    const { model } = synthesize('aws', extendOverlay(base, { components }), program.platform);
    return model.entries.map(({ manifest: { kind, metadata } }) => `${kind} ${metadata.name}`);
  });
  expect(made).toEqual([
    expect.arrayContaining(['ScheduledSparkApplication busy-zones']),
    expect.arrayContaining(['SparkApplication orders', 'KafkaTopic ingestion.orders']),
  ]);
});
