import type { Construct } from 'constructs';
import type { Upstream } from '../core/upstream';
import {
  type Ec2NodeClassSpecBlockDeviceMappings as Disk,
  Ec2NodeClass,
  Ec2NodeClassSpecMetadataOptionsHttpTokens as HttpTokens,
  Ec2NodeClassSpecInstanceStorePolicy as InstanceStorePolicy,
  Ec2NodeClassSpecBlockDeviceMappingsEbsVolumeType as VolumeType,
} from '../imports/karpenter.k8s.aws';
import { versions } from '../versions';
import { hasChoice, isAbove, isIn, karpenterPool } from './karpenter';
import { type Limits, POOLS } from './pools';

export interface AwsNodesOptions {
  /** Name of the EKS cluster. */
  readonly cluster: string;
  /** Family and version, such as `bottlerocket@v1.46.0`. */
  readonly image: string;
  readonly limits: Limits;
}

/** The nodes that Karpenter makes on EKS. */
export function awsNodes(scope: Construct, { cluster, image, limits }: AwsNodesOptions): void {
  const discovery = { 'karpenter.sh/discovery': cluster };
  for (const pool of POOLS) {
    new Ec2NodeClass(scope, `node-class-${pool.name}`, {
      metadata: { name: pool.name },
      spec: {
        role: `${cluster}-node`,
        amiSelectorTerms: [{ alias: image }],
        subnetSelectorTerms: [{ tags: discovery }],
        securityGroupSelectorTerms: [{ tags: discovery }],
        blockDeviceMappings: disks(image),
        // With one hop, pods cannot take the node's own credentials.
        metadataOptions: { httpTokens: HttpTokens.REQUIRED, httpPutResponseHopLimit: 1 },
        ...(pool.spot && image.startsWith('bottlerocket') ? { userData: USER_NAMESPACES } : {}),
        ...(pool.localDisk ? { instanceStorePolicy: InstanceStorePolicy.RAID0 } : {}),
        tags: { 'lakeport.io/cluster': cluster, 'lakeport.io/pool': pool.name },
      },
    });
    karpenterPool(scope, {
      pool,
      nodeClass: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: pool.name },
      requirements: [
        isIn('karpenter.k8s.aws/instance-category', 'c', 'm', 'r'),
        isAbove('karpenter.k8s.aws/instance-generation', 4),
        // Bare metal has no hypervisor, and takes many minutes to start.
        isIn('karpenter.k8s.aws/instance-hypervisor', 'nitro'),
        isAbove('karpenter.k8s.aws/instance-cpu', 3),
        ...(pool.localDisk ? [isAbove('karpenter.k8s.aws/instance-local-nvme', 99)] : []),
        // Spot capacity of one family runs dry together.
        ...(pool.spot ? [hasChoice('karpenter.k8s.aws/instance-family', 5)] : []),
      ],
      limits: pool.spot ? limits.spot : limits.regular,
    });
  }
}

const disk = (deviceName: string, volumeSize: string): Disk => ({
  deviceName,
  ebs: { volumeSize, volumeType: VolumeType.GP3, encrypted: true, deleteOnTermination: true },
});

/** Images are built on spot nodes without root, in user namespaces, of which Bottlerocket allows none by itself. */
const USER_NAMESPACES = '[settings.kernel.sysctl]\n"user.max_user_namespaces" = "16384"\n';

/** Bottlerocket keeps itself on its first disk, and images and pods on its second; Amazon Linux has one for all. */
const disks = (image: string): Disk[] =>
  image.startsWith('bottlerocket')
    ? [disk('/dev/xvda', '4Gi'), disk('/dev/xvdb', '100Gi')]
    : [disk('/dev/xvda', '100Gi')];

export interface KarpenterOptions {
  readonly cluster: string;
  /** What the ServiceAccount `karpenter` of `kube-system` carries, so that its pods have their IAM role. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Karpenter itself. It runs on nodes that are there before it. */
export function karpenterCharts({ cluster, annotations }: KarpenterOptions): readonly Upstream[] {
  const chart = { kind: 'chart', version: versions.karpenterAws, namespace: 'kube-system' } as const;
  const repository = 'public.ecr.aws/karpenter';
  return [
    {
      ...chart,
      name: 'karpenter-crd',
      repository,
      chart: 'karpenter-crd',
      crdsOnly: true,
      values: {
        // A CRD that goes takes every node of its kind along.
        additionalAnnotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
      },
    },
    {
      ...chart,
      name: 'karpenter',
      repository,
      chart: 'karpenter',
      values: {
        replicas: 2,
        ...(Object.keys(annotations).length > 0
          ? { serviceAccount: { annotations: { ...annotations } } }
          : {}),
        settings: {
          clusterName: cluster,
          // Name of the queue that tells of spot interruptions.
          interruptionQueue: cluster,
          // A spot node of fewer families to choose from is better than none.
          minValuesPolicy: 'BestEffort',
        },
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [
                    // Were it on a node of its own making, it could take that node away from itself.
                    { key: 'karpenter.sh/nodepool', operator: 'DoesNotExist' },
                    { key: 'eks.amazonaws.com/capacityType', operator: 'NotIn', values: ['SPOT'] },
                  ],
                },
              ],
            },
          },
        },
        controller: {
          resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '1Gi' } },
        },
      },
      // A chart of their own has them, so that they are upgraded too.
      skipCrds: true,
    },
  ];
}
