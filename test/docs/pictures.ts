import { groups } from '../../charts';
import type { Placement } from '../../core/placement';
import { type Connection, type Layer, layerOf, layers } from './connections';

const INDENT = '  ';

/** One layer in Mermaid: its components, whom they go to, and which layers come to them. */
export function pictureOf(layer: Layer, connections: readonly Connection[]): string {
  const own = new Set<string>(groups[layer].map(({ name }) => name));
  const leaving = connections.filter(({ from }) => own.has(from));
  const others = [...new Set(leaving.map(({ to }) => to).filter((to) => !own.has(to)))];
  const entering = merged(
    connections
      .filter(({ from, to }) => own.has(to) && !own.has(from))
      .map((each) => ({ ...each, from: `from ${layerOf.get(each.from)}` })),
  );
  return flowchart('LR', [
    `subgraph layer["${layer}"]`,
    ...groups[layer].map((each) => INDENT + node(each.name, `${each.name}<br/>${where(each.pods)}`)),
    'end',
    ...layers.flatMap((other) => {
      const there = others.filter((name) => layerOf.get(name) === other);
      if (there.length === 0) return [];
      return [
        `subgraph ${idOf(`of ${other}`)}["${other}"]`,
        ...there.map((name) => INDENT + node(name, name)),
        'end',
      ];
    }),
    ...[...new Set(entering.map(({ from }) => from))].map(
      (from) => `${idOf(from)}(["${from.slice('from '.length)}"])`,
    ),
    ...[...leaving, ...entering].map(arrow),
  ]);
}

/** All layers in Mermaid, and which connects to which. */
export function overviewOf(connections: readonly Connection[]): string {
  const between = merged(
    connections
      .filter(({ labels }) => labels.length > 0)
      .map(({ from, to }) => ({ from: layerOf.get(from) ?? from, to: layerOf.get(to) ?? to, labels: [] }))
      .filter(({ from, to }) => from !== to),
  );
  return flowchart('TB', [
    ...layers.map((layer) =>
      node(layer, `<b>${layer}</b><br/>${groups[layer].map(({ name }) => name).join(', ')}`),
    ),
    ...between.map(({ from, to }) => `${idOf(from)} --> ${idOf(to)}`),
  ]);
}

/** A connection for each pair, with the labels of all. */
function merged(connections: readonly Connection[]): Connection[] {
  const pairs = new Map<string, Connection>();
  for (const { from, to, labels } of connections) {
    const key = `${from} ${to}`;
    const known = pairs.get(key)?.labels ?? [];
    pairs.set(key, { from, to, labels: [...new Set([...known, ...labels])].sort() });
  }
  return [...pairs.values()];
}

const flowchart = (direction: string, lines: readonly string[]): string =>
  ['```mermaid', `flowchart ${direction}`, ...lines.map((line) => INDENT + line), '```'].join('\n');

/** Words such as `end` and `graph` mean something in Mermaid, so no name stands for itself. */
const idOf = (name: string): string => `n_${name.replace(/\W/g, '_')}`;

const node = (name: string, text: string): string => `${idOf(name)}["${text}"]`;

/** A line without words, and dotted, where nothing goes over it. */
const arrow = ({ from, to, labels }: Connection): string =>
  labels.length > 0
    ? `${idOf(from)} -- "${told(labels).join('<br/>')}" --> ${idOf(to)}`
    : `${idOf(from)} -.-> ${idOf(to)}`;

/** What begins alike is told together: «writes raw, curated». Who writes a bucket reads it too. */
function told(labels: readonly string[]): string[] {
  const rest = labels.filter(
    (label) => !(label.startsWith('reads ') && labels.includes(label.replace('reads', 'writes'))),
  );
  const firsts = [...new Set(rest.map((label) => label.split(' ', 1)[0] ?? ''))];
  return firsts.map((first) => {
    const those = rest
      .filter((label) => label.startsWith(`${first} `))
      .map((label) => label.slice(first.length + 1));
    return `${first} ${those.join(', ')}`;
  });
}

const PLACES = { 'on-demand': 'regular', spot: 'spot', 'spot-preferred': 'spot, if there is' };

/** Which nodes its pods run on. */
function where(pods: Readonly<Record<string, Placement>>): string {
  const places = new Set(
    Object.values(pods).map((each) => (typeof each === 'string' ? PLACES[each] : 'both in shares')),
  );
  return places.size > 0 ? [...places].join(' · ') : 'no pods';
}
