import { loadOverlay } from '../../../cli/overlays';
import type { Demand } from '../../../core/chart';
import type { Manifest } from '../../../core/manifest';
import { extendOverlay, isOverlay } from '../../../core/overlay';
import type { PodTemplate } from '../../../core/pods';
import { type Synthesis, synthesize } from '../../../core/synth';
import { program } from '../../../program';

/** A site as its overlay describes it, with many more teams. */
export function largeSite(name: string, teams: number): Synthesis {
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

/** Pods that jobs of teams make, which no object of a site shows. */
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

/**
 * A ReplicaSet that stands for the program which makes pods of a job and replaces those that are lost: a driver of
 * Spark, or the workflow controller.
 */
export function replicaSetOf({ component, role, namespace, pods, template }: Jobs): Manifest {
  const labels = { ...template.labels, 'test.lakeport.io/job': `${component}-${role}` };
  // The template was rendered by the platform: plain data.
  const spec = template.spec as unknown as Manifest[string];
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: `${component}-${role}`, namespace, labels: template.labels },
    spec: {
      replicas: pods,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: withoutRestart(spec) },
    },
  } as Manifest;
}

/** A ReplicaSet restarts its containers, whatever a job would do. */
const withoutRestart = (spec: Manifest[string]): Manifest[string] =>
  typeof spec === 'object' && spec !== null && !Array.isArray(spec)
    ? { ...(spec as Readonly<Record<string, Manifest[string]>>), restartPolicy: 'Always' }
    : spec;
