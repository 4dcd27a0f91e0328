import type { Apis, CustomKind } from '../../../core/component';
import { groupOf, type Manifest } from '../../../core/manifest';
import type { Reference } from '../../../core/references';
import type { ClusterTriggerAuthenticationSpec } from '../../../imports/keda';
import type { ScaledObjectSpec } from '../../../imports/scaledobject-keda.sh';
import { NAME } from './endpoints';

const GROUP = 'keda.sh';
const namespaced: CustomKind = { scope: 'Namespaced' };
const cluster: CustomKind = { scope: 'Cluster' };

// The kind tells the shape: the API server refuses such an object of any other.
const specOf = ({ spec }: Manifest) => spec as unknown as ScaledObjectSpec;

/** The workload that it scales; a Deployment where nothing else is said. */
function target(manifest: Manifest): Reference {
  const { apiVersion = 'apps/v1', kind = 'Deployment', name } = specOf(manifest).scaleTargetRef;
  const { namespace } = manifest.metadata;
  return { group: groupOf(apiVersion), kind, namespace, name, path: 'spec.scaleTargetRef' };
}

const scaledObject: CustomKind = {
  scope: 'Namespaced',
  scales: target,
  references(manifest) {
    const { namespace } = manifest.metadata;
    const authentications = specOf(manifest).triggers.flatMap(
      ({ authenticationRef: by }, index): Reference[] => {
        if (!by) return [];
        const kind = by.kind ?? 'TriggerAuthentication';
        const scope = kind === 'ClusterTriggerAuthentication' ? undefined : namespace;
        const path = `spec.triggers[${index}].authenticationRef`;
        return [{ group: GROUP, kind, namespace: scope, name: by.name, path }];
      },
    );
    return [target(manifest), ...authentications];
  },
  makes: ({ metadata: { namespace, name } }) => [
    { group: 'autoscaling', kind: 'HorizontalPodAutoscaler', namespace, name: `keda-hpa-${name}` },
  ],
};

const authentication: CustomKind = {
  scope: 'Cluster',
  references({ spec }) {
    // The kind tells the shape.
    const { secretTargetRef = [] } = spec as unknown as ClusterTriggerAuthenticationSpec;
    return secretTargetRef.map(({ name, key }, index) => ({
      group: '',
      kind: 'Secret',
      namespace: NAME,
      name,
      key,
      path: `spec.secretTargetRef[${index}]`,
    }));
  },
};

/** The kinds that the CRDs bring. */
export const apis: readonly Apis[] = [
  {
    group: GROUP,
    kinds: {
      ScaledObject: scaledObject,
      ClusterTriggerAuthentication: authentication,
      TriggerAuthentication: namespaced,
      ScaledJob: namespaced,
    },
  },
  { group: 'eventing.keda.sh', kinds: { CloudEventSource: namespaced, ClusterCloudEventSource: cluster } },
];
