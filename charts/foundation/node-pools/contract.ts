import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import {
  type Capacity,
  type NodeSample,
  type NodeTerm,
  SPREAD_LABEL,
  SPREAD_SLOTS,
} from '../../../core/placement';
import { type JsonValue, toYaml } from '../../../core/yaml';

type Side = 'regular' | 'spot';

interface Sort {
  readonly labels: JsonValue;
  readonly taints: JsonValue;
  readonly slots: string[];
}

/** Sorts of nodes, each with the slots that it may have; none where pods cannot spread over it. */
function nodes(samples: readonly NodeSample[]): JsonValue[] {
  const sorts = new Map<string, Sort>();
  for (const { labels, taints: found } of samples) {
    const { [SPREAD_LABEL]: slot, ...others } = labels;
    const taints = found.map(({ key, value, effect }) => ({ key, ...(value ? { value } : {}), effect }));
    const key = JSON.stringify([others, taints]);
    const known: Sort = sorts.get(key) ?? { labels: others, taints, slots: [] };
    if (slot) known.slots.push(slot);
    sorts.set(key, known);
  }
  return [...sorts.values()].map(({ labels, taints, slots }) => ({ labels, taints, slots }));
}

const anyOf = (terms: readonly NodeTerm[]): JsonValue =>
  terms.map((term) => term.map(({ key, operator, values = [] }) => ({ key, operator, values: [...values] })));

const side = (name: Side, { [name]: terms, samples, ...capacity }: Capacity): JsonValue => ({
  anyOf: anyOf(terms),
  tolerated: (name === 'spot' ? capacity.spotTolerations : capacity.regularTolerations).map(
    ({ key, operator, value, effect }) => ({
      ...(key ? { key } : {}),
      ...(operator ? { operator } : {}),
      ...(value ? { value } : {}),
      ...(effect ? { effect } : {}),
    }),
  ),
  nodes: nodes(samples[name]),
});

/**
 * What nodes of a site must be labelled and tainted as, as YAML.
 * - `regular`, `spot`: `anyOf` has the label expressions of which one list must match a node, `tolerated` the taints
 *   that pods put up with, and `nodes` every sort of node with its labels, taints and slots
 * - `either`: where there are nodes of their own for pods that may run on both kinds, the same of these
 * - `spread`: the label whose values are the slots
 */
export const contractText = (capacity: Capacity): string =>
  toYaml({
    regular: side('regular', capacity),
    spot: side('spot', capacity),
    ...(capacity.either
      ? {
          either: {
            anyOf: anyOf(capacity.either.terms),
            nodes: nodes([...capacity.either.samples.regular, ...capacity.either.samples.spot]),
          },
        }
      : {}),
    spread: { label: SPREAD_LABEL, regular: [...SPREAD_SLOTS.regular], spot: [...SPREAD_SLOTS.spot] },
  });

/** The contract in the cluster, so that whoever adds nodes reads there what pods of this site look for. */
export function nodeContract(chart: ComponentChart, capacity: Capacity): void {
  new k8s.KubeConfigMap(chart, 'node-contract', {
    metadata: {
      name: 'node-contract',
      namespace: chart.home,
      annotations: { 'lakeport.io/documentation': 'docs/node-contract.md' },
    },
    data: { 'contract.yaml': contractText(capacity) },
  });
}
