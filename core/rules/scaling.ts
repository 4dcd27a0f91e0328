import type { Entry, SiteModel } from '../model';
import type { Problem } from '../problem';
import { keyOf, keyOfManifest, objectReferences, type Reference } from '../references';
import { at, type Rule } from './rule';

export const scaledWorkloads: Rule = {
  name: 'scaled-workloads',
  summary:
    'The replicas of every Deployment and StatefulSet are changed by one autoscaler, or fixed with a reason',
  check(model) {
    const scalers = scalersOf(model);
    return model.entries
      .filter(({ manifest }) => WORKLOADS.has(manifest.kind))
      .flatMap((entry): Problem[] => {
        const { metadata, spec } = entry.manifest;
        // The kind tells the shape.
        const { replicas } = spec as unknown as { readonly replicas?: number };
        const [scaler, ...others] = scalers.get(keyOfManifest(entry.manifest)) ?? [];
        if (!scaler) {
          if (model.scaleOf(entry.component, metadata.name)?.reason) return [];
          const message = 'has no autoscaler, and no reason for its number of replicas';
          const remedy = 'give it a range of replicas and an autoscaler, or fixed(count, reason)';
          return [at(entry, 'spec.replicas', { found: replicas, message, remedy })];
        }
        const found = [scaler, ...others].map(({ manifest }) => `${manifest.kind} ${manifest.metadata.name}`);
        const rivals =
          others.length === 0
            ? []
            : [
                at(entry, 'spec.replicas', {
                  found,
                  message: 'is scaled by more than one, which undo what the other does',
                  remedy: 'leave one of them out; one ScaledObject can have several triggers',
                }),
              ];
        const fought =
          replicas === undefined
            ? []
            : [
                at(entry, 'spec.replicas', {
                  found: replicas,
                  message: `is a number that ${found[0]} changes, and that every sync would set back`,
                  remedy: 'leave spec.replicas out',
                }),
              ];
        return [...rivals, ...fought];
      });
  },
};

const WORKLOADS = new Set(['Deployment', 'StatefulSet']);

/** What scales a workload, by the key of the workload. */
function scalersOf(model: SiteModel): ReadonlyMap<string, readonly Entry[]> {
  const scalers = new Map<string, Entry[]>();
  for (const entry of model.entries) {
    const target = targetOf(model, entry);
    if (!target) continue;
    const key = keyOf(target);
    scalers.set(key, [...(scalers.get(key) ?? []), entry]);
  }
  return scalers;
}

function targetOf(model: SiteModel, { manifest }: Entry): Reference | undefined {
  if (manifest.kind !== 'HorizontalPodAutoscaler') return model.kindOf(manifest)?.scales?.(manifest);
  return objectReferences(manifest).find(({ path }) => path === 'spec.scaleTargetRef');
}
