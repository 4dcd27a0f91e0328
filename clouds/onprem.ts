import { z } from 'zod';
import type { Cloud } from '../core/cloud';
import { nodeLabel } from '../core/node-label';
import type { Capacity } from '../core/placement';
import { NODE_LOCAL_DNS } from './dns';
import { parseOptions } from './options';
import { CAPACITY, NOT_SAFE_TO_EVICT, SPOT_TOLERATION, sampleNodes } from './pools';
import { s3 } from './s3';
import { keyProblem, secretRefresh } from './secrets';

const options = z.strictObject({
  spotNodes: z
    .boolean()
    .default(false)
    .describe(
      'Whether nodes labelled as spot really cost less; without them the spot floor is told, not enforced',
    ),
  endpoint: z
    .url({
      protocol: /^https?$/,
      error: 'is no URL; write one such as "https://s3.example.com:9000"',
      abort: true,
    })
    .refine((url) => isOrigin(new URL(url)), {
      error: 'says more than scheme, host and port; write only these, such as "https://s3.example.com:9000"',
    })
    .optional()
    .describe('S3 endpoint outside the cluster. Default: the store of the site, inside the cluster'),
  region: z.string().min(1).default('onprem').describe('Region that S3 clients are told'),
  storageClass: z
    .string()
    .min(1)
    .default('local-path')
    .describe('StorageClass for volumes of one pod, which the cluster brings'),
  vault: z
    .strictObject({
      server: z
        .url({
          protocol: /^https$/,
          error: 'is no https URL; write one such as "https://vault.example.com:8200"',
        })
        .describe('URL of the server'),
      mount: z.string().min(1).default('secret').describe('Mount of the key-value engine, version 2'),
      auth: z
        .strictObject({
          mount: z.string().min(1).default('kubernetes').describe('Mount of the Kubernetes authentication'),
          role: z.string().min(1).default('lakeport').describe('Role that reads the secrets of the site'),
        })
        .prefault({})
        .describe('How the cluster proves who it is'),
      ca: z
        .string()
        .regex(/^-----BEGIN CERTIFICATE-----\n[\s\S]+-----END CERTIFICATE-----\n?$/, {
          error: 'is no certificate; write it as PEM, with its first and its last line',
        })
        .optional()
        .describe('Certificates that vouch for the server, as PEM. Default: the public authorities'),
    })
    .optional()
    .describe('HashiCorp Vault or OpenBao. Default: none, so that all secrets are generated in the cluster'),
  kubeletCertificates: z
    .enum(['signed', 'self-signed'])
    .default('self-signed')
    .describe(
      'Who signed the serving certificates of kubelets: the authority of the cluster, or nobody, as kubeadm leaves it',
    ),
  secretRefresh: secretRefresh(),
  failureDomain: nodeLabel()
    .default('kubernetes.io/hostname')
    .describe('Node label over whose values copies of data are spread; every regular node must have it'),
  apiServerPort: z.int().min(1).max(65_535).default(6443).describe('Port of the API server on its nodes'),
});

/** Any conformant cluster, with nodes labelled as docs/node-contract.md says. */
export function onprem(given: z.input<typeof options> = {}): Cloud {
  const {
    failureDomain,
    spotNodes,
    endpoint,
    region,
    storageClass,
    apiServerPort,
    vault,
    kubeletCertificates,
    secretRefresh: refresh,
  } = parseOptions(options, given);
  const outside = endpoint === undefined ? undefined : new URL(endpoint);
  const tls = outside?.protocol === 'https:';
  const ports = [Number(outside?.port) || (tls ? 443 : 80)];
  return {
    name: 'onprem',
    hasSpot: spotNodes,
    failureDomain,
    capacity,
    objectStore: s3({
      endpoint: outside?.host ?? 'object-store.object-store.svc:8333',
      region,
      tls,
      pathStyle: true,
      features: { classes: {}, accessLog: false, publicAccessBlock: false },
      inCluster: outside ? undefined : { component: 'object-store', role: 'gateway', port: 8333 },
    }),
    notifications: { kind: 'post', format: outside ? 's3' : 'seaweedfs' },
    blockStorage: { name: storageClass },
    loadBalancer: { internal: {}, public: {} },
    resolvers: [NODE_LOCAL_DNS],
    // Read where nodes come and go by the Cluster Autoscaler.
    undisturbed: NOT_SAFE_TO_EVICT,
    apiServer: { name: 'api-server', cidrs: ['0.0.0.0/0'], ports: [apiServerPort] },
    identityEgress: [],
    objectStoreEgress: outside ? [{ name: 'object-store', cidrs: ['0.0.0.0/0'], ports }] : [],
    identity: () => {
      const secret = { name: 'object-store-keys', accessKey: 'accessKey', secretKey: 'secretKey' };
      const key = (name: string, from: string) => ({
        name,
        valueFrom: { secretKeyRef: { name: secret.name, key: from } },
      });
      return {
        serviceAccountAnnotations: {},
        podLabels: {},
        env: [key('AWS_ACCESS_KEY_ID', secret.accessKey), key('AWS_SECRET_ACCESS_KEY', secret.secretKey)],
        hadoop: {
          'fs.s3a.aws.credentials.provider':
            'software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider',
        },
        secret,
      };
    },
    ...(vault
      ? {
          secretStore: {
            backend: { kind: 'vault', ...vault },
            key: (...parts: readonly string[]) => parts.join('/'),
            keyProblem: keyProblem(/^[\w/.-]{1,512}$/, 'up to 512 letters, digits and /_.-'),
            refresh,
            egress: [
              {
                name: 'secret-store',
                cidrs: ['0.0.0.0/0'],
                ports: [Number(new URL(vault.server).port) || 443],
              },
            ],
          },
        }
      : {}),
    podMetrics: kubeletCertificates === 'signed' ? 'needed' : 'needed-unverified',
    dnsZoneOption: { field: 'cloud', remedy: 'leave it out: on your own machines the cluster signs' },
    secretStoreOption: {
      field: 'cloud.vault',
      remedy: 'name one: onprem({ …, vault: { server: "https://vault.example.com:8200" } })',
    },
    // Nodes are there already.
    nodePools: () => [],
  };
}

/** Keys, paths and queries of an endpoint would be lost: clients are told host and port. */
const isOrigin = ({ username, password, pathname, search, hash }: URL): boolean =>
  [username, password, search, hash].every((part) => part === '') && pathname === '/';

const capacity: Capacity = {
  spot: [[{ key: CAPACITY, operator: 'In', values: ['spot'] }]],
  regular: [[{ key: CAPACITY, operator: 'In', values: ['regular'] }]],
  spotTolerations: [SPOT_TOLERATION],
  regularTolerations: [],
  samples: { spot: sampleNodes(true), regular: sampleNodes(false) },
};
