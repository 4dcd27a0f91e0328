import type { PodEntry, SiteModel } from '../model';
import { fits, type Placement, placementName, SPREAD_LABEL, SPREAD_SLOTS } from '../placement';
import { inPod, type Rule } from './rule';

/** The placement that the pod's component declares for its role. */
function declared(model: SiteModel, entry: PodEntry): Placement | undefined {
  const { component, role } = model.roleOf(entry);
  return model.components.find(({ name }) => name === component)?.pods[role];
}

export const declaredPlacement: Rule = {
  name: 'declared-placement',
  summary: 'Every pod can run exactly where its role says: on regular nodes, on spot nodes, or on both',
  check: (model) =>
    model.pods.flatMap((entry) => {
      const placement = declared(model, entry);
      const labels = entry.pod.labels;
      if (!placement) {
        const owner = model.roleOf(entry).component;
        const remedy = `label it as podLabels("${owner}", role) of a role that the component declares under pods`;
        return [
          inPod(entry, 'metadata.labels', { found: labels, message: 'belongs to no declared role', remedy }),
        ];
      }
      const { samples } = model.site.cloud.capacity;
      const slot = typeof placement === 'object';
      const nodes = (side: 'spot' | 'regular') =>
        samples[side].map((node) => {
          const label = slot ? { [SPREAD_LABEL]: SPREAD_SLOTS[side][0] } : {};
          return { ...node, labels: { ...node.labels, ...label } };
        });
      const on = { spot: nodes('spot'), regular: nodes('regular') };
      const wants = {
        spot: placement !== 'on-demand',
        regular: placement !== 'spot',
      };
      return (['spot', 'regular'] as const).flatMap((side) => {
        const wrong = on[side].filter((node) => fits(entry.pod.spec, node) !== wants[side]);
        return wrong.slice(0, 1).map((node) =>
          inPod(entry, 'spec.affinity', {
            found: node.labels,
            message: `is declared ${placementName(placement)}, but ${wants[side] ? 'cannot' : 'can'} run on this ${side} node`,
            remedy: 'build the pod with scheduling() of core/placement',
          }),
        );
      });
    }),
};
