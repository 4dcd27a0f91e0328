import fs from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
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

test('the workflow in docs/jobs.md names templates that exist and gives them what they ask for', () => {
  const page = fs.readFileSync(path.join(program.root, 'docs/jobs.md'), 'utf8');
  const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  const { spec } = load(yaml) as { spec: { templates: readonly { dag: { tasks: readonly Task[] } }[] } };
  const tasks = spec.templates.flatMap(({ dag }) => dag.tasks);
  expect(tasks).toHaveLength(2);
  for (const task of tasks) {
    const known = templateOf(task).inputs?.parameters ?? [];
    const given = (task.arguments?.parameters ?? []).map(({ name }) => name);
    expect(known.map(({ name }) => name)).toEqual(expect.arrayContaining(given));
    const required = known.filter(({ value }) => value === undefined).map(({ name }) => name);
    expect(given).toEqual(expect.arrayContaining(required));
  }
});

test('docs/jobs.md tells every parameter', () => {
  const page = fs.readFileSync(path.join(program.root, 'docs/jobs.md'), 'utf8');
  const run = templateOf({ templateRef: { name: 'spark-job', template: 'run' } });
  for (const { name } of run.inputs?.parameters ?? []) expect(page).toContain(`\`${name}\``);
});
