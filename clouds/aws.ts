import { z } from 'zod';
import type { Cloud } from '../core/cloud';
import type { Capacity } from '../core/placement';
import {
  Ec2NodeClass,
  Ec2NodeClassSpecMetadataOptionsHttpTokens as HttpTokens,
  Ec2NodeClassSpecInstanceStorePolicy as InstanceStorePolicy,
  Ec2NodeClassSpecBlockDeviceMappingsEbsVolumeType as VolumeType,
} from '../imports/karpenter.k8s.aws';
import { versions } from '../versions';
import { hasChoice, isAbove, isIn, karpenterPool } from './karpenter';
import { parseOptions } from './options';
import { limits, POOLS, SPOT_TAINT, SPOT_TOLERATION, slotted } from './pools';
import { s3 } from './s3';

const options = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'is no AWS region; write one such as "eu-central-1"' })
    .describe('AWS region'),
  account: z
    .string()
    .regex(/^\d{12}$/, { error: 'is no AWS account; write its 12 digits as text' })
    .describe('AWS account id'),
  cluster: z.string().min(1).describe('Name of the EKS cluster'),
  identity: z
    .enum(['pod-identity', 'irsa'])
    .default('pod-identity')
    .describe(
      'How pods get their IAM role: EKS Pod Identity (nothing in manifests) or IAM roles for ServiceAccounts',
    ),
  image: z
    .string()
    .regex(/^(bottlerocket|al2023)@v\d/, {
      error: 'is no pinned image; write one such as "bottlerocket@v1.46.0"',
    })
    .default('bottlerocket@v1.46.0')
    .describe('Image of nodes: family and version'),
  limits: limits(),
});

/** AWS: EKS, whose nodes come from Karpenter; S3; EBS. */
export function aws(given: z.input<typeof options>): Cloud {
  const chosen = parseOptions(options, given);
  const { region, account, cluster, identity } = chosen;
  const roleOf = (namespace: string, name: string) =>
    `arn:aws:iam::${account}:role/${cluster}-${namespace}-${name}`;
  return {
    name: 'aws',
    hasSpot: true,
    capacity,
    objectStore: s3({ endpoint: `s3.${region}.amazonaws.com`, region, tls: true, pathStyle: false }),
    blockStorage: {
      name: 'gp3',
      definition: {
        provisioner: 'ebs.csi.aws.com',
        parameters: { type: 'gp3', encrypted: 'true', 'csi.storage.k8s.io/fstype': 'ext4' },
        reclaimPolicy: 'Delete',
        allowVolumeExpansion: true,
        // A volume lives in one zone: the pod decides which.
        volumeBindingMode: 'WaitForFirstConsumer',
      },
    },
    internalLoadBalancer: {
      'service.beta.kubernetes.io/aws-load-balancer-type': 'external',
      'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': 'ip',
      'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal',
    },
    apiServer: { name: 'api-server', cidrs: ['0.0.0.0/0'], ports: [443] },
    identityEgress:
      identity === 'pod-identity'
        ? [{ name: 'pod-identity', cidrs: ['169.254.170.23/32'], ports: [80] }]
        : [{ name: 'sts', cidrs: ['0.0.0.0/0'], ports: [443] }],
    // S3 has no fixed addresses.
    objectStoreEgress: [{ name: 'object-store', cidrs: ['0.0.0.0/0'], ports: [443] }],
    identity: ({ namespace, serviceAccount }) => ({
      serviceAccountAnnotations:
        identity === 'irsa' ? { 'eks.amazonaws.com/role-arn': roleOf(namespace, serviceAccount) } : {},
      podLabels: {},
      env: [],
      hadoop: {
        'fs.s3a.aws.credentials.provider': `software.amazon.awssdk.auth.credentials.${
          identity === 'irsa' ? 'WebIdentityTokenFileCredentialsProvider' : 'ContainerCredentialsProvider'
        }`,
      },
    }),
    nodePools(scope) {
      const discovery = { 'karpenter.sh/discovery': cluster };
      for (const pool of POOLS) {
        new Ec2NodeClass(scope, `node-class-${pool.name}`, {
          metadata: { name: pool.name },
          spec: {
            role: `${cluster}-node`,
            amiSelectorTerms: [{ alias: chosen.image }],
            subnetSelectorTerms: [{ tags: discovery }],
            securityGroupSelectorTerms: [{ tags: discovery }],
            blockDeviceMappings: [
              {
                // Bottlerocket keeps images and pods on its second disk, Amazon Linux on the first.
                deviceName: chosen.image.startsWith('bottlerocket') ? '/dev/xvdb' : '/dev/xvda',
                ebs: {
                  volumeSize: '100Gi',
                  volumeType: VolumeType.GP3,
                  encrypted: true,
                  deleteOnTermination: true,
                },
              },
            ],
            // With one hop, pods cannot take the node's own credentials.
            metadataOptions: { httpTokens: HttpTokens.REQUIRED, httpPutResponseHopLimit: 1 },
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
            isAbove('karpenter.k8s.aws/instance-cpu', 3),
            ...(pool.localDisk ? [isAbove('karpenter.k8s.aws/instance-local-nvme', 99)] : []),
            // Spot capacity of one family runs dry together.
            ...(pool.spot ? [hasChoice('karpenter.k8s.aws/instance-family', 5)] : []),
          ],
          limits: pool.spot ? chosen.limits.spot : chosen.limits.regular,
        });
      }
      const chart = { kind: 'chart', version: versions.karpenterAws, namespace: 'kube-system' } as const;
      const repository = 'public.ecr.aws/karpenter';
      return [
        { ...chart, name: 'karpenter-crd', repository, chart: 'karpenter-crd', values: {} },
        {
          ...chart,
          name: 'karpenter',
          repository,
          chart: 'karpenter',
          values: {
            replicas: 2,
            settings: { clusterName: cluster, interruptionQueue: cluster },
            controller: {
              resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '1Gi' } },
            },
          },
          // A chart of their own has them, so that they are upgraded too.
          skipCrds: true,
        },
      ];
    },
  };
}

const CAPACITY_TYPE = 'karpenter.sh/capacity-type';
const NODE_GROUP = 'eks.amazonaws.com/capacityType';

/**
 * Karpenter labels its nodes, managed node groups label theirs. Karpenter tries terms in their order, so its own
 * label comes first.
 */
const capacity: Capacity = {
  spot: [
    [{ key: CAPACITY_TYPE, operator: 'In', values: ['spot'] }],
    [{ key: NODE_GROUP, operator: 'In', values: ['SPOT'] }],
  ],
  regular: [
    [{ key: CAPACITY_TYPE, operator: 'In', values: ['on-demand', 'reserved'] }],
    [{ key: NODE_GROUP, operator: 'In', values: ['ON_DEMAND'] }],
  ],
  spotTolerations: [SPOT_TOLERATION],
  regularTolerations: [],
  samples: {
    spot: [
      ...POOLS.filter(({ spot }) => spot).map((pool) => ({
        labels: { ...slotted(pool, 's0'), [CAPACITY_TYPE]: 'spot' },
        taints: [SPOT_TAINT],
      })),
      { labels: { [NODE_GROUP]: 'SPOT' }, taints: [] },
    ],
    regular: [
      ...POOLS.filter(({ spot }) => !spot).map((pool) => ({
        labels: { ...slotted(pool, 'r0'), [CAPACITY_TYPE]: 'on-demand' },
        taints: [],
      })),
      { labels: { [NODE_GROUP]: 'ON_DEMAND' }, taints: [] },
    ],
  },
};
