import { z } from 'zod';
import type { Cloud, Identity } from '../core/cloud';
import type { Capacity } from '../core/placement';
import { InputError } from '../core/problem';
import { versions } from '../versions';
import { awsNodes, karpenterCharts } from './aws-nodes';
import { NODE_LOCAL_DNS } from './dns';
import { DO_NOT_DISRUPT } from './karpenter';
import { parseOptions } from './options';
import { limits, SPOT_TOLERATION, sampleNodes } from './pools';
import { ecr } from './registry';
import { s3 } from './s3';
import { keyProblem, secretRefresh } from './secrets';

const options = z.strictObject({
  region: z
    .string()
    .regex(/^(?!us-iso|eu-iso)[a-z]{2,4}(-[a-z]+)+-\d$/, {
      error: 'is no AWS region; write one such as "eu-central-1"',
    })
    .describe('AWS region'),
  account: z
    .string()
    .regex(/^\d{12}$/, { error: 'is no AWS account; write its 12 digits as text' })
    .describe('AWS account id'),
  cluster: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, {
      error: 'is no name of an EKS cluster; write up to 100 letters, digits, dashes and underscores',
    })
    .describe('Name of the EKS cluster; roles and the interruption queue are called after it'),
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
    .default(`bottlerocket@${versions.bottlerocket}`)
    .describe('Image of nodes: family and version'),
  secretRefresh: secretRefresh(),
  limits: limits(),
});

/** AWS: EKS, whose nodes come from Karpenter; S3; EBS. */
export function aws(given: z.input<typeof options>): Cloud {
  const chosen = parseOptions(options, given);
  const { region, account, cluster, identity } = chosen;
  const { partition, domain } = partitionOf(region);
  const identityOf = (namespace: string, serviceAccount: string): Identity => ({
    serviceAccountAnnotations:
      identity === 'irsa'
        ? {
            'eks.amazonaws.com/role-arn': `arn:${partition}:iam::${account}:role/${roleName(cluster, namespace, serviceAccount)}`,
          }
        : {},
    podLabels: {},
    env: [],
    hadoop: {
      'fs.s3a.aws.credentials.provider': `software.amazon.awssdk.auth.credentials.${
        identity === 'irsa' ? 'WebIdentityTokenFileCredentialsProvider' : 'ContainerCredentialsProvider'
      }`,
    },
  });
  return {
    name: 'aws',
    hasSpot: true,
    failureDomain: 'topology.kubernetes.io/zone',
    capacity,
    objectStore: s3({
      endpoint: `s3.${region}.${domain}`,
      region,
      tls: true,
      pathStyle: false,
      features: {
        classes: { cool: 'STANDARD_IA', cold: 'GLACIER_IR', archive: 'GLACIER' },
        accessLog: true,
        publicAccessBlock: true,
        account: { id: account, partition },
      },
      keyProblem: (key) =>
        new RegExp(`^arn:${partition}:kms:${region}:\\d{12}:key/[\\w-]+$`).test(key)
          ? undefined
          : `it is no key of the region; write its ARN, such as "arn:${partition}:kms:${region}:${account}:key/…"`,
    }),
    notifications: { kind: 'sqs', region },
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
    loadBalancer: { internal: loadBalancer('internal'), public: loadBalancer('internet-facing') },
    resolvers: [NODE_LOCAL_DNS],
    undisturbed: DO_NOT_DISRUPT,
    apiServer: { name: 'api-server', cidrs: ['0.0.0.0/0'], ports: [443] },
    identityEgress:
      identity === 'pod-identity'
        ? [{ name: 'pod-identity', cidrs: ['169.254.170.23/32'], ports: [80] }]
        : [{ name: 'sts', cidrs: ['0.0.0.0/0'], ports: [443] }],
    // S3 has no fixed addresses.
    objectStoreEgress: [{ name: 'object-store', cidrs: ['0.0.0.0/0'], ports: [443] }],
    identity: ({ namespace, serviceAccount }) => identityOf(namespace, serviceAccount),
    secretStore: {
      backend: { kind: 'aws-secrets-manager', region },
      key: (...parts) => parts.join('/'),
      keyProblem: keyProblem(/^[\w/+=.@-]{1,512}$/, 'up to 512 letters, digits and /_+=.@-'),
      refresh: chosen.secretRefresh,
      // Secrets Manager has no fixed addresses.
      egress: [{ name: 'secret-store', cidrs: ['0.0.0.0/0'], ports: [443] }],
    },
    podMetrics: 'needed',
    dnsZone: { kind: 'route53', region },
    dnsZoneOption: { field: 'cloud', remedy: 'AWS always has one: Route 53' },
    secretStoreOption: { field: 'cloud', remedy: 'AWS always has one: Secrets Manager' },
    registryToken: ecr,
    nodePools(scope) {
      awsNodes(scope, chosen);
      const { serviceAccountAnnotations: annotations } = identityOf('kube-system', 'karpenter');
      return karpenterCharts({ cluster, annotations });
    },
  };
}

/** What the AWS Load Balancer Controller reads. */
const loadBalancer = (scheme: 'internal' | 'internet-facing') => ({
  'service.beta.kubernetes.io/aws-load-balancer-type': 'external',
  'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': 'ip',
  'service.beta.kubernetes.io/aws-load-balancer-scheme': scheme,
});

/** The part of AWS that a region belongs to, with the domain of its services. */
function partitionOf(region: string): { readonly partition: string; readonly domain: string } {
  if (region.startsWith('cn-')) return { partition: 'aws-cn', domain: 'amazonaws.com.cn' };
  if (region.startsWith('eusc-')) return { partition: 'aws-eusc', domain: 'amazonaws.eu' };
  if (region.startsWith('us-gov-')) return { partition: 'aws-us-gov', domain: 'amazonaws.com' };
  return { partition: 'aws', domain: 'amazonaws.com' };
}

const MAX_ROLE_NAME = 64;

/**
 * Name of the IAM role of a ServiceAccount.
 * @throws InputError where AWS would refuse it for its length
 */
function roleName(cluster: string, namespace: string, serviceAccount: string): string {
  const name = `${cluster}-${namespace}-${serviceAccount}`;
  if (name.length <= MAX_ROLE_NAME) return name;
  const message = `gives the IAM role ${name} ${name.length} characters, and AWS takes at most ${MAX_ROLE_NAME}`;
  const remedy = 'shorten the name of the cluster or of the team, or use the identity "pod-identity"';
  throw new InputError([{ field: 'cloud.cluster', found: cluster, message, remedy }]);
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
      ...sampleNodes(true, { [CAPACITY_TYPE]: 'spot' }),
      { labels: { [NODE_GROUP]: 'SPOT' }, taints: [] },
    ],
    regular: [
      ...sampleNodes(false, { [CAPACITY_TYPE]: 'on-demand' }),
      { labels: { [NODE_GROUP]: 'ON_DEMAND' }, taints: [] },
    ],
  },
};
