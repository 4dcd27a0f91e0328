import { loadOverlay } from '../../../cli/overlays';
import type { Demand } from '../../../core/chart';
import type { SiteModel } from '../../../core/model';
import { extendOverlay, isOverlay } from '../../../core/overlay';
import type { PodTemplate } from '../../../core/pods';
import { render, type Synthesis, synthesize } from '../../../core/synth';
import { program } from '../../../program';
import type { Resource } from '../api';
import { notebookPod } from './notebook-pod';

/** Label of all pods that teams run; its value is their role. */
export const JOB = 'test.lakeport.io/job';

/** A site as its overlay describes it, with as many teams as it takes for so many pods of theirs. */
export function largeSite(name: string, pods: number): Synthesis {
  const [one, two] = [podsOf(name, 1), podsOf(name, 2)];
  // The first team has more than the others: the examples, and servers that sites have by default.
  return siteOf(name, 1 + Math.max(0, Math.ceil((pods - one) / (two - one))));
}

/** So few teams may be below the spot floor: they are counted, and nothing more. */
const podsOf = (name: string, teams: number): number =>
  jobsOf(siteOf(name, teams, render)).reduce((all, jobs) => all + jobs.pods, 0);

function siteOf(name: string, teams: number, make: typeof render = synthesize): Synthesis {
  const overlay = loadOverlay(program.root, name, program.load);
  if (!isOverlay(overlay)) throw new Error(`overlays/${name}.ts exports no overlay`);
  const many = Array.from({ length: teams }, (_, index) => ({ name: `t${index + 1}` }));
  // The first teams stay, for the examples that belong to them.
  const named = overlay.teams.map((team) => ({ name: team.name }));
  return make(
    name,
    // Rows of the data API are of teams that may not be among them.
    extendOverlay(overlay, {
      teams: [...named, ...many].slice(0, teams),
      components: { 'data-api': { rows: {} } },
    }),
    program.platform,
  );
}

/** Pods that a team makes by what it starts, which no object of a site shows. */
export interface Jobs {
  /** That declares them. */
  readonly component: string;
  /** What their label says. */
  readonly role: string;
  readonly namespace: string;
  readonly pods: number;
  readonly template: PodTemplate;
}

/**
 * What the teams of a site start at most, with the pod templates that the platform gives for it. What always runs has
 * objects of the site, whose controllers make its pods, and is none of it.
 * @throws Error where the platform gives no template
 */
export function jobsOf({ model }: Synthesis): Jobs[] {
  const teams = new Set(model.site.teams.map(({ namespace }) => namespace));
  const templates = templatesOf(model);
  const jobs = new Map<string, Jobs>();
  for (const [component, { demands }] of model.recorded) {
    for (const demand of demands) {
      const { namespace, pods } = demand;
      if (!teams.has(namespace) || pods.min === pods.max) continue;
      const [owner, role] = roleOf(demand, component, model.components);
      const template = templates.get(`${owner} ${role}`);
      if (!template) throw new Error(`no object shows what the pods of «${demand.name}» of ${component} are`);
      const key = `${component} ${role} ${namespace}`;
      const known = jobs.get(key)?.pods ?? 0;
      jobs.set(key, { component, role, namespace, pods: known + pods.max, template });
    }
  }
  return [...jobs.values()];
}

/** The first pod template of each component and role. */
function templatesOf(model: SiteModel): ReadonlyMap<string, PodTemplate> {
  const templates = new Map<string, PodTemplate>();
  const notebook = notebookPod(model);
  const all = [
    ...model.pods.map(({ component, pod }) => ({ component, pod })),
    ...(notebook ? [{ component: 'jupyterhub', pod: notebook }] : []),
  ];
  for (const { component, pod } of all) {
    const role = pod.role ?? pod.labels['app.kubernetes.io/component'] ?? '';
    const owner = pod.labels['app.kubernetes.io/name'] ?? component;
    if (!templates.has(`${owner} ${role}`)) templates.set(`${owner} ${role}`, pod);
  }
  return templates;
}

/**
 * Component and role of pods. Demands are named for what they are: «executors of ingestion» is the role `executor`;
 * where the component that declares them has no such role, that of another which has it.
 */
function roleOf(
  { name }: Demand,
  component: string,
  components: SiteModel['components'],
): readonly [owner: string, role: string] {
  const own = components.filter((each) => each.name === component);
  for (const { name: owner, pods } of [...own, ...components]) {
    const role = Object.keys(pods).find((each) => name.startsWith(each));
    if (role) return [owner, role];
  }
  return [component, ''];
}

/** Metadata and spec of a pod as the platform gives it for a job, for a Pod or for a template of pods. */
export const podOf = (
  { role, template }: Jobs,
  restartPolicy: 'Always' | 'Never',
  { labels = {}, ...metadata }: Partial<Resource['metadata']> = {},
): { readonly metadata: object; readonly spec: object } => ({
  metadata: { ...metadata, labels: { ...template.labels, ...labels, [JOB]: role } },
  spec: { ...template.spec, restartPolicy },
});
