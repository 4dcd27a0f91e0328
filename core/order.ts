import { groupOf } from './manifest';
import type { SiteModel } from './model';
import { InputError } from './problem';

/** Why a component comes after another one. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Components with what each of them must come after. */
export interface Order {
  /** Wave by component: 0 for what needs nothing, else one more than the highest wave that it needs. */
  readonly waves: ReadonlyMap<string, number>;
  readonly edges: readonly Edge[];
}

/**
 * Waves of a site, from recorded connections and from the objects that components name.
 * @throws InputError where components need each other in a circle
 */
export function order(model: SiteModel): Order {
  const edges = edgesOf(model);
  const needs = new Map<string, string[]>(model.components.map(({ name }) => [name, []]));
  for (const { from, to } of edges) needs.get(from)?.push(to);
  const waves = new Map<string, number>();
  const visit = (name: string, path: readonly string[]): number => {
    const known = waves.get(name);
    if (known !== undefined) return known;
    if (path.includes(name)) throw circle(model, edges, [...path.slice(path.indexOf(name)), name]);
    const below = (needs.get(name) ?? []).map((need) => visit(need, [...path, name]));
    const wave = below.length === 0 ? 0 : Math.max(...below) + 1;
    waves.set(name, wave);
    return wave;
  };
  for (const { name } of model.components) visit(name, []);
  return { waves, edges };
}

function edgesOf(model: SiteModel): Edge[] {
  const edges = new Map<string, Edge>();
  const add = (from: string, to: string, reason: string) => {
    const key = `${from} ${to}`;
    if (from !== to && !edges.has(key)) edges.set(key, { from, to, reason });
  };
  const known = new Set(model.components.map(({ name }) => name));
  for (const [name, { needs }] of model.recorded) for (const need of needs) add(name, need, 'connects to it');
  const nodes = model.components.find(({ bringsNodes }) => bringsNodes)?.name;
  const withPods = new Set(model.pods.map(({ component }) => component));
  // Charts of publishers bring pods that no object of ours shows.
  for (const [name, { demands }] of model.recorded) if (demands.length > 0) withPods.add(name);
  for (const { component, manifest } of model.entries) {
    if (!known.has(component)) continue;
    const kind = model.kindOf(manifest);
    if (kind && known.has(kind.component)) {
      add(component, kind.component, `writes ${manifest.kind} of ${groupOf(manifest.apiVersion)}`);
    }
    for (const reference of model.referencesOf(manifest)) {
      const owner = (model.find(reference) ?? model.findMaker(reference))?.component;
      if (owner) add(component, owner, `names ${reference.kind} ${reference.name}`);
    }
  }
  if (nodes)
    for (const component of withPods) if (known.has(component)) add(component, nodes, 'has pods to place');
  return [...edges.values()];
}

function circle(model: SiteModel, edges: readonly Edge[], path: readonly string[]): InputError {
  const steps = path.slice(1).map((to, index) => {
    const edge = edges.find((each) => each.from === path[index] && each.to === to);
    return `${path[index]} ${edge?.reason ?? 'needs it'}: ${to}`;
  });
  return new InputError([
    {
      site: model.site.name,
      component: path[0],
      field: 'connections',
      found: path.join(' → '),
      message: `components need each other in a circle (${steps.join('; ')})`,
      remedy: 'remove one of these connections, or make it one that is used only when both run',
    },
  ]);
}
