import { z } from 'zod';
import type { Cloud } from '../core/cloud';
import type { Capacity } from '../core/placement';
import {
  AksNodeClassV1Beta1 as AksNodeClass,
  AksNodeClassV1Beta1SpecImageFamily as ImageFamily,
} from '../imports/karpenter.azure.com';
import { azureContainers } from './azure-buckets';
import { NODE_LOCAL_DNS } from './dns';
import { DO_NOT_DISRUPT, hasChoice, isAbove, isIn, karpenterPool } from './karpenter';
import { parseOptions } from './options';
import { limits, POOLS, SPOT_TOLERATION, sampleNodes } from './pools';
import { acr } from './registry';
import { keyProblem, secretRefresh } from './secrets';

const uuid = (what: string) => z.uuid({ error: `is no ${what}; write the UUID that Azure shows for it` });

const options = z.strictObject({
  cluster: z
    .string()
    .regex(/^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/, {
      error: 'is no name of an AKS cluster; write up to 63 letters, digits, dashes and underscores',
    })
    .describe('Name of the AKS cluster'),
  tenant: uuid('tenant id').describe('Entra tenant'),
  client: uuid('client id').describe(
    'Client id of the managed identity of the lake, with a federated credential for each ServiceAccount that has a grant',
  ),
  storageAccount: z
    .string()
    .regex(/^[a-z0-9]{3,24}$/, {
      error: 'is no storage account; its name has 3 to 24 lower-case letters and digits',
    })
    .describe('Storage account with hierarchical namespace (Data Lake Storage Gen2)'),
  logAccount: z
    .string()
    .regex(/^[a-z0-9]{3,24}$/, {
      error: 'is no storage account; its name has 3 to 24 lower-case letters and digits',
    })
    .optional()
    .describe(
      'Storage account for access logs, since none may keep its own. Default: the account and "logs"',
    ),
  dns: z
    .strictObject({
      subscription: uuid('subscription id').describe('Subscription of the zone'),
      resourceGroup: z.string().min(1).describe('Resource group of the zone'),
      zone: z.hostname().optional().describe('Name of the zone. Default: the domain of the site'),
      client: uuid('client id').describe(
        'Client id of a managed identity that may write its records, with a federated credential for certificates/cert-manager',
      ),
    })
    .optional()
    .describe(
      'Azure DNS zone of the domain. Default: none, so that certificates come from inside the cluster',
    ),
  keyVault: z
    .strictObject({
      name: z
        .string()
        .regex(/^[A-Za-z](?!.*--)[A-Za-z0-9-]{1,22}[A-Za-z0-9]$/, {
          error: 'is no name of a key vault; write 3 to 24 letters, digits and single dashes',
        })
        .describe('Name of the vault'),
      client: uuid('client id').describe(
        'Client id of a managed identity that may read its secrets, with a federated credential for secrets/external-secrets',
      ),
    })
    .optional()
    .describe(
      'Key vault with secrets that people enter. Default: none, so that all are generated in the cluster',
    ),
  notifications: z
    .strictObject({
      account: z
        .string()
        .regex(/^[a-z0-9]{3,24}$/, {
          error: 'is no storage account; its name has 3 to 24 lower-case letters and digits',
        })
        .optional()
        .describe('Storage account with the queue. Default: the one of the lake'),
      client: uuid('client id')
        .optional()
        .describe(
          'Client id of a managed identity that may process messages of the queue, with a federated credential for argo-events/buckets. Default: the one of the lake',
        ),
    })
    .optional()
    .describe(
      'Where Event Grid puts word of new objects. Default: a queue of the storage account of the lake',
    ),
  secretRefresh: secretRefresh(),
  limits: limits(),
});

/** Azure: AKS with node auto-provisioning, whose nodes come from Karpenter; Data Lake Storage Gen2; managed disks. */
export function azure(given: z.input<typeof options>): Cloud {
  const chosen = parseOptions(options, given);
  const { cluster, tenant, client, storageAccount, logAccount, keyVault, dns, notifications } = chosen;
  // A pod may do whatever its identity may, so jobs of teams share none with who reads secrets or writes records.
  const clients = {
    'object-store': client,
    secrets: keyVault?.client ?? client,
    dns: dns?.client ?? client,
    notifications: notifications?.client ?? client,
  };
  return {
    name: 'azure',
    hasSpot: true,
    failureDomain: 'topology.kubernetes.io/zone',
    capacity,
    objectStore: {
      client: {
        protocol: 'azure',
        account: storageAccount,
        endpoint: `https://${storageAccount}.blob.core.windows.net`,
      },
      uri: (container, path = '') => `abfss://${container}@${storageAccount}.dfs.core.windows.net/${path}`,
      hadoop: { 'fs.azure.account.hns.enabled': 'true' },
      bucketProblem: containerProblem,
      tiers: { cool: { readable: true }, cold: { readable: true }, archive: { readable: false } },
      versions: 'deleted',
      keyProblem: (key) =>
        /^https:\/\/[^/]+\/keys\/[0-9A-Za-z-]+$/.test(key)
          ? undefined
          : 'it is no key of a vault; write its URL without a version, "https://acme.vault.azure.net/keys/lake"',
      describe: (plans) =>
        azureContainers(plans, {
          account: storageAccount,
          accessLogs: logAccount ?? `${storageAccount.slice(0, 20)}logs`,
        }),
    },
    notifications: { kind: 'storage-queue', account: notifications?.account ?? storageAccount },
    // AKS brings this class.
    blockStorage: { name: 'managed-csi-premium' },
    loadBalancer: {
      internal: { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' },
      public: {},
    },
    // LocalDNS, one address for each DNS policy of pods.
    resolvers: [NODE_LOCAL_DNS, '169.254.10.10/32', '169.254.10.11/32'],
    undisturbed: DO_NOT_DISRUPT,
    apiServer: { name: 'api-server', cidrs: ['0.0.0.0/0'], ports: [443] },
    identityEgress: [{ name: 'entra', cidrs: ['0.0.0.0/0'], ports: [443] }],
    // Blob storage has no fixed addresses.
    objectStoreEgress: [{ name: 'object-store', cidrs: ['0.0.0.0/0'], ports: [443] }],
    identity: ({ purpose = 'object-store' }) => ({
      serviceAccountAnnotations: {
        'azure.workload.identity/client-id': clients[purpose],
        'azure.workload.identity/tenant-id': tenant,
      },
      podLabels: { 'azure.workload.identity/use': 'true' },
      env: [],
      hadoop: {
        'fs.azure.account.auth.type': 'OAuth',
        'fs.azure.account.oauth.provider.type':
          'org.apache.hadoop.fs.azurebfs.oauth2.WorkloadIdentityTokenProvider',
        'fs.azure.account.oauth2.msi.tenant': tenant,
        'fs.azure.account.oauth2.client.id': client,
        // Where the workload-identity webhook mounts the token.
        'fs.azure.account.oauth2.token.file': '/var/run/secrets/azure/tokens/azure-identity-token',
      },
    }),
    ...(keyVault
      ? {
          secretStore: {
            backend: { kind: 'azure-key-vault', url: `https://${keyVault.name}.vault.azure.net`, tenant },
            // It admits no slash.
            key: (...parts: readonly string[]) => parts.join('-'),
            keyProblem: keyProblem(/^[0-9A-Za-z-]{1,127}$/, 'up to 127 letters, digits and dashes'),
            refresh: chosen.secretRefresh,
            // Key vaults have no fixed addresses.
            egress: [{ name: 'secret-store', cidrs: ['0.0.0.0/0'], ports: [443] }],
          },
        }
      : {}),
    ...(dns ? { dnsZone: { kind: 'azure-dns', ...dns } } : {}),
    podMetrics: 'given',
    dnsZoneOption: {
      field: 'cloud.dns',
      remedy:
        'name its zone: azure({ …, dns: { subscription: "…", resourceGroup: "acme-dns", client: "…" } })',
    },
    secretStoreOption: {
      field: 'cloud.keyVault',
      remedy: 'name a key vault: azure({ …, keyVault: { name: "acme-lake", client: "…" } })',
    },
    registryToken: (host) => acr(host, tenant),
    nodePools(scope) {
      for (const pool of POOLS) {
        new AksNodeClass(scope, `node-class-${pool.name}`, {
          metadata: { name: pool.name },
          spec: {
            imageFamily: ImageFamily.AZURE_LINUX,
            osDiskSizeGb: pool.localDisk ? LOCAL_DISK_GB : 128,
            tags: { 'lakeport.io-cluster': cluster, 'lakeport.io-pool': pool.name },
          },
        });
        karpenterPool(scope, {
          pool,
          nodeClass: { group: 'karpenter.azure.com', kind: 'AKSNodeClass', name: pool.name },
          requirements: [
            isIn('karpenter.azure.com/sku-family', 'D', 'E', 'F'),
            isAbove('karpenter.azure.com/sku-cpu', 3),
            // Other sizes cannot attach the volumes of the storage class.
            isIn('karpenter.azure.com/sku-storage-premium-capable', 'true'),
            // The operating system and all scratch space then lie on the local disk.
            ...(pool.localDisk
              ? [isAbove('karpenter.azure.com/sku-storage-ephemeralos-maxsize', LOCAL_DISK_GB)]
              : []),
            // Spot capacity of one size runs dry together.
            ...(pool.spot ? [hasChoice('karpenter.azure.com/sku-name', 5)] : []),
          ],
          limits: pool.spot ? chosen.limits.spot : chosen.limits.regular,
        });
      }
      // AKS runs Karpenter itself and brings its CRDs.
      return [];
    },
  };
}

/** Size of the operating-system disk of nodes with a local disk, which is what makes Azure put it there. */
const LOCAL_DISK_GB = 200;

/** Why Azure refuses a container name. */
function containerProblem(name: string): string | undefined {
  if (name.length < 3 || name.length > 63) return `it has ${name.length} characters, and must have 3 to 63`;
  if (!/^[a-z0-9](-?[a-z0-9])*$/.test(name)) {
    return 'it must be lower-case letters, digits and single dashes, with a letter or digit at both ends';
  }
  return undefined;
}

const CAPACITY_TYPE = 'karpenter.sh/capacity-type';
/** The label of today, and the one it replaces; the taint still has the old key. */
const PRIORITY = 'kubernetes.azure.com/priority';
const SCALE_SET = 'kubernetes.azure.com/scalesetpriority';
const SPOT_POOL_TAINT = { key: SCALE_SET, value: 'spot', effect: 'NoSchedule' };

/** Node auto-provisioning and spot node pools. Older regular pools carry no label, so regular is «not spot». */
const capacity: Capacity = {
  spot: [
    [{ key: CAPACITY_TYPE, operator: 'In', values: ['spot'] }],
    [{ key: PRIORITY, operator: 'In', values: ['spot'] }],
    [{ key: SCALE_SET, operator: 'In', values: ['spot'] }],
  ],
  regular: [
    [CAPACITY_TYPE, PRIORITY, SCALE_SET].map((key) => ({ key, operator: 'NotIn', values: ['spot'] })),
  ],
  spotTolerations: [
    SPOT_TOLERATION,
    { key: SCALE_SET, operator: 'Equal', value: 'spot', effect: 'NoSchedule' },
  ],
  regularTolerations: [],
  samples: {
    spot: [
      ...sampleNodes(true, { [CAPACITY_TYPE]: 'spot', [PRIORITY]: 'spot', [SCALE_SET]: 'spot' }),
      { labels: { [PRIORITY]: 'spot', [SCALE_SET]: 'spot' }, taints: [SPOT_POOL_TAINT] },
      { labels: { [SCALE_SET]: 'spot' }, taints: [SPOT_POOL_TAINT] },
      { labels: { [PRIORITY]: 'spot' }, taints: [SPOT_POOL_TAINT] },
    ],
    regular: [
      ...sampleNodes(false, { [CAPACITY_TYPE]: 'on-demand', [PRIORITY]: 'regular', [SCALE_SET]: 'regular' }),
      { labels: { [PRIORITY]: 'regular' }, taints: [] },
      { labels: {}, taints: [] },
    ],
  },
};
