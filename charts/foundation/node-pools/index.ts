import { k8s } from 'cdk8s-plus-27';
import { z } from 'zod';
import { type CustomKind, component } from '../../../core/component';
import type { Manifest } from '../../../core/manifest';
import { nodeContract } from './contract';

/** The node class that a NodePool names. */
const nodeClass = (manifest: Manifest) => {
  // The kind tells the shape: the API server refuses a NodePool of any other.
  const { template } = manifest.spec as unknown as {
    readonly template: {
      readonly spec: { readonly nodeClassRef: { group: string; kind: string; name: string } };
    };
  };
  const { nodeClassRef } = template.spec;
  return [{ ...nodeClassRef, namespace: undefined, path: 'spec.template.spec.nodeClassRef' }];
};

const cluster: CustomKind = { scope: 'Cluster' };

/** The nodes of the site and the disks that they mount, as far as the cloud makes them on demand. */
export const nodePools = component({
  name: 'node-pools',
  summary:
    'Regular nodes, spot nodes and spot nodes with a local disk; what they must be; the StorageClass of volumes',
  settings: z.strictObject({}),
  pods: {},
  bringsNodes: true,
  apis: [
    { group: 'karpenter.sh', kinds: { NodePool: { ...cluster, references: nodeClass } } },
    { group: 'karpenter.k8s.aws', kinds: { EC2NodeClass: cluster } },
    { group: 'karpenter.azure.com', kinds: { AKSNodeClass: cluster } },
    { group: 'cloud.google.com', kinds: { ComputeClass: cluster } },
  ],
  // Nothing runs there.
  namespaces: () => [{ name: 'node-pools', quota: { cpu: '0', memory: '0', pods: 0 } }],
  build(chart, { cloud }) {
    for (const upstream of cloud.nodePools(chart)) chart.upstream(upstream);
    nodeContract(chart, cloud.capacity);
    const { name, definition } = cloud.blockStorage;
    if (definition) new k8s.KubeStorageClass(chart, 'block-storage', { metadata: { name }, ...definition });
    else {
      const reference = { group: 'storage.k8s.io', kind: 'StorageClass', namespace: undefined, name };
      chart.external(reference, 'the cluster brings it');
    }
  },
});
