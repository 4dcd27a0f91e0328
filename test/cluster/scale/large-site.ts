import { loadOverlay } from '../../../cli/overlays';
import type { Demand } from '../../../core/chart';
import { extendOverlay, isOverlay } from '../../../core/overlay';
import type { PodTemplate } from '../../../core/pods';
import { type Synthesis, synthesize } from '../../../core/synth';
import { program } from '../../../program';
import type { Resource } from '../api';

/** Label of all pods that teams run; its value is their role. */
export const JOB = 'test.lakeport.io/job';

/** A site as its overlay describes it, with as many teams as it takes for so many pods of theirs. */
export function largeSite(name: string, pods: number): Synthesis {
  const perTeam = jobsOf(siteOf(name, 1)).reduce((all, jobs) => all + jobs.pods, 0);
  return siteOf(name, Math.ceil(pods / perTeam));
}

function siteOf(name: string, teams: number): Synthesis {
  const overlay = loadOverlay(program.root, name, program.load);
  if (!isOverlay(overlay)) throw new Error(`overlays/${name}.ts exports no overlay`);
  const many = Array.from({ length: teams }, (_, index) => ({ name: `t${index + 1}` }));
  // The first teams stay, for the examples that belong to them.
  const named = overlay.teams.map((team) => ({ name: team.name }));
  return synthesize(
    name,
    extendOverlay(overlay, { teams: [...named, ...many].slice(0, teams) }),
    program.platform,
  );
}

/** Pods that jobs of a team make, which no object of a site shows. */
export interface Jobs {
  readonly component: string;
  readonly role: string;
  readonly namespace: string;
  readonly pods: number;
  readonly template: PodTemplate;
}

/** What the teams of a site run at most, with the pod templates that the platform gives for it. */
export function jobsOf({ model }: Synthesis): Jobs[] {
  const teams = new Set(model.site.teams.map(({ namespace }) => namespace));
  const templates = new Map<string, PodTemplate>();
  for (const { component, pod } of model.pods) {
    const role = pod.role ?? pod.labels['app.kubernetes.io/component'] ?? '';
    const owner = pod.labels['app.kubernetes.io/name'] ?? component;
    if (!templates.has(`${owner} ${role}`)) templates.set(`${owner} ${role}`, pod);
  }
  return [...model.recorded].flatMap(([component, { demands }]) =>
    demands
      .filter(({ namespace }) => teams.has(namespace))
      .flatMap((demand) => {
        const role = roleOf(demand, model.components.find(({ name }) => name === component)?.pods ?? {});
        const template = templates.get(`${component} ${role}`);
        if (!template) return [];
        return [{ component, role, namespace: demand.namespace, pods: demand.pods.max, template }];
      }),
  );
}

/** Demands are named for what they are: «executors of ingestion» is the role `executor`. */
function roleOf({ name }: Demand, pods: Readonly<Record<string, unknown>>): string {
  return Object.keys(pods).find((role) => name.startsWith(role)) ?? '';
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
