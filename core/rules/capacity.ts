import type { Demand } from '../chart';
import { type LoadName, loadOf } from '../demand';
import type { Problem } from '../problem';
import { parseQuantity } from '../quantity';
import type { Rule } from './rule';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

export const spotFloor: Rule = {
  name: 'spot-floor',
  summary:
    'At the working load and at the maximum, the share of CPU and of memory pinned to spot reaches the floor',
  check({ site, recorded }) {
    // Where nothing is really spot there is no price to save: the share is shown, not enforced.
    if (!site.cloud.hasSpot) return [];
    const demands = [...recorded.values()].flatMap((each) => each.demands);
    const names = { typical: 'the working load', max: 'the maximum' } as const satisfies Partial<
      Record<LoadName, string>
    >;
    return (['typical', 'max'] as const).flatMap((load) => {
      const { share } = loadOf(demands, load);
      return (['cpu', 'memory'] as const)
        .filter((resource) => share[resource] < site.spotFloor)
        .map((resource): Problem => {
          const largest = demands
            .filter(({ placement }) => placement !== 'spot')
            .sort((a, b) => b.pods[load] * b[resource] - a.pods[load] * a[resource])[0];
          return {
            field: 'spotFloor',
            found: percent(share[resource]),
            message: `at ${names[load]}, less of the requested ${resource} is pinned to spot than the floor of ${percent(site.spotFloor)}`,
            remedy: `raise what runs on spot, or lower what does not (most: ${largest?.name} in ${largest?.namespace})`,
          };
        });
    });
  },
};

export const nodesFit: Rule = {
  name: 'nodes-fit',
  summary: 'No pod requests more than the largest node of the site has',
  check: ({ site, recorded }) =>
    [...recorded].flatMap(([component, { demands }]) =>
      demands.flatMap((demand) =>
        (['cpu', 'memory'] as const)
          .filter((resource) => demand[resource] > parseQuantity(site.largestNode[resource]) * (1 + 1e-9))
          .map((resource): Problem => {
            const allowed = site.largestNode[resource];
            return {
              component,
              field: `${demand.name} in ${demand.namespace}: ${resource}`,
              found: resource === 'memory' ? `${Math.ceil(demand.memory / 2 ** 30)}Gi` : demand.cpu,
              message: `is more than the largest node has for one pod, which is ${allowed}: it would wait for ever`,
              remedy: `lower it, or say what your largest node has: largestNode: { ${resource}: "…" }`,
            };
          }),
      ),
    ),
};

export const quotasFit: Rule = {
  name: 'quotas-fit',
  summary: 'What may run in a namespace at most fits its quota',
  check(model) {
    const demands = [...model.recorded.values()].flatMap((each) => each.demands);
    const byNamespace = groupByNamespace(demands);
    return model.site.namespaces.flatMap(({ name, component, quota }) => {
      const here = byNamespace.get(name) ?? [];
      const { spot, regular } = loadOf(here, 'max');
      const needs = {
        cpu: [spot.cpu + regular.cpu, parseQuantity(quota.cpu), quota.cpu],
        memory: [spot.memory + regular.memory, parseQuantity(quota.memory), quota.memory],
        pods: [here.reduce((sum, { pods }) => sum + pods.max, 0), quota.pods, quota.pods],
      } as const;
      return Object.entries(needs)
        .filter(([, [needed, allowed]]) => needed > allowed * (1 + 1e-9))
        .map(([resource, [needed, , found]]): Problem => {
          const shown =
            resource === 'memory' ? `${Math.ceil(needed / 2 ** 30)}Gi` : String(Math.ceil(needed));
          const team = model.site.teams.findIndex(({ namespace }) => namespace === name);
          return {
            ...(team < 0
              ? { component, field: `quota of namespace ${name}: ${resource}` }
              : { field: `teams[${team}].quota.${resource}` }),
            found,
            message: `what may run in ${name} at most needs ${shown}`,
            remedy: 'raise the quota, or lower the maximum of what runs there',
          };
        });
    });
  },
};

function groupByNamespace(demands: readonly Demand[]): Map<string, Demand[]> {
  const groups = new Map<string, Demand[]>();
  for (const demand of demands) {
    const group = groups.get(demand.namespace);
    if (group) group.push(demand);
    else groups.set(demand.namespace, [demand]);
  }
  return groups;
}

export const isolatedNamespaces: Rule = {
  name: 'isolated-namespaces',
  summary: 'Every namespace is closed by default, in both directions',
  check: (model) =>
    model.site.namespaces
      .filter(
        ({ name }) =>
          !model.find({
            group: 'networking.k8s.io',
            kind: 'NetworkPolicy',
            namespace: name,
            name: 'default-deny',
          }),
      )
      .map(({ name, component }) => ({
        component,
        field: `Namespace ${name}`,
        message: 'has no policy that denies by default',
        remedy: 'declare the namespace in a component that is on',
      })),
};
