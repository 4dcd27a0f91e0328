import type { k8s } from 'cdk8s-plus-27';
import { z } from 'zod';
import type { Cloud } from '../core/cloud';
import type { Capacity, NodeSample } from '../core/placement';
import { ComputeClass, type ComputeClassPriority } from '../imports/compute-class';
import { NODE_LOCAL_DNS } from './dns';
import { gcsBuckets } from './gcs-buckets';
import { parseOptions } from './options';
import { NOT_SAFE_TO_EVICT, POOLS, type Pool, SPOT_TAINT, SPOT_TOLERATION } from './pools';
import { artifactRegistry } from './registry';
import { keyProblem, secretRefresh } from './secrets';

const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

const options = z.strictObject({
  project: z
    .string()
    .regex(PROJECT, {
      error: 'is no project id; write one such as "acme-lake-prod"',
    })
    .describe('Google Cloud project id'),
  cluster: z
    .string()
    .regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, {
      error: 'is no name of a GKE cluster; write up to 40 lower-case letters, digits and dashes',
    })
    .describe('Name of the GKE cluster'),
  nodeAccount: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]@[a-z0-9-]+\.iam\.gserviceaccount\.com$/, {
      error:
        'is no service account; write its e-mail, such as "lakeport-node@acme-lake-prod.iam.gserviceaccount.com"',
    })
    .optional()
    .describe('Service account of the nodes. Default: the one of Compute Engine'),
  dnsProject: z
    .string()
    .regex(PROJECT, { error: 'is no project id; write one such as "acme-dns"' })
    .optional()
    .describe('Project with the zone of the domain. Default: the project of the cluster'),
  secretRefresh: secretRefresh(),
});

/** Google Cloud: GKE, whose nodes come from ComputeClasses; Cloud Storage; Persistent Disk. */
export function gcp(given: z.input<typeof options>): Cloud {
  const { project, cluster, nodeAccount, dnsProject, secretRefresh: refresh } = parseOptions(options, given);
  return {
    name: 'gcp',
    hasSpot: true,
    failureDomain: 'topology.kubernetes.io/zone',
    capacity,
    objectStore: {
      client: { protocol: 'gcs', project },
      uri: (bucket, path = '') => `gs://${bucket}/${path}`,
      hadoop: {
        'fs.AbstractFileSystem.gs.impl': 'com.google.cloud.hadoop.fs.gcs.GoogleHadoopFS',
        'fs.gs.project.id': project,
      },
      bucketProblem,
      tiers: { cool: { readable: true }, cold: { readable: true }, archive: { readable: true } },
      versions: 'overwritten',
      keyProblem: (key) =>
        /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/.test(key)
          ? undefined
          : 'it is no name of a key; write projects/…/locations/…/keyRings/…/cryptoKeys/…',
      describe: gcsBuckets,
    },
    notifications: { kind: 'pub-sub', project },
    // GKE brings this class.
    blockStorage: { name: 'premium-rwo' },
    loadBalancer: { internal: { 'networking.gke.io/load-balancer-type': 'Internal' }, public: {} },
    // Cloud DNS answers at the address of the metadata server.
    resolvers: [NODE_LOCAL_DNS, '169.254.169.254/32'],
    undisturbed: NOT_SAFE_TO_EVICT,
    apiServer: { name: 'api-server', cidrs: ['0.0.0.0/0'], ports: [443] },
    // The metadata server: first behind Dataplane V2, second behind the older data plane.
    identityEgress: [
      { name: 'metadata', cidrs: ['169.254.169.254/32'], ports: [80, 8080] },
      { name: 'metadata-node', cidrs: ['169.254.169.252/32'], ports: [987, 988] },
    ],
    // Cloud Storage has no fixed addresses.
    objectStoreEgress: [{ name: 'object-store', cidrs: ['0.0.0.0/0'], ports: [443] }],
    // Rights are bound to the ServiceAccount itself, so manifests carry nothing.
    identity: () => ({
      serviceAccountAnnotations: {},
      podLabels: {},
      env: [],
      // On GKE the metadata server hands out the token of the pod's own ServiceAccount.
      hadoop: { 'fs.gs.auth.type': 'COMPUTE_ENGINE' },
    }),
    secretStore: {
      backend: { kind: 'gcp-secret-manager', project },
      // It admits no slash.
      key: (...parts) => parts.join('-'),
      keyProblem: keyProblem(/^[\w-]{1,255}$/, 'up to 255 letters, digits, dashes and underscores'),
      refresh,
      // Secret Manager has no fixed addresses.
      egress: [{ name: 'secret-store', cidrs: ['0.0.0.0/0'], ports: [443] }],
    },
    podMetrics: 'given',
    dnsZone: { kind: 'cloud-dns', project: dnsProject ?? project },
    dnsZoneOption: { field: 'cloud', remedy: 'Google Cloud always has one: Cloud DNS' },
    secretStoreOption: { field: 'cloud', remedy: 'Google Cloud always has one: Secret Manager' },
    registryToken: (host) => artifactRegistry(host, project),
    nodePools(scope) {
      for (const { name, pools } of CLASSES) {
        const spotOnly = pools.every(({ spot }) => spot);
        new ComputeClass(scope, `compute-class-${name}`, {
          metadata: { name },
          spec: {
            priorities: pools.flatMap(waysOf),
            nodePoolAutoCreation: { enabled: true },
            nodePoolConfig: {
              // GKE 1.34 takes no label with a slash. What pods look for is the name of the class, which GKE adds.
              nodeLabels: { 'lakeport-cluster': cluster },
              ...(spotOnly ? { taints: [SPOT_TAINT] } : {}),
              ...(nodeAccount ? { serviceAccount: nodeAccount } : {}),
            },
            autoscalingPolicy: {
              consolidationDelayMinutes: spotOnly ? 2 : 15,
              consolidationThreshold: spotOnly ? NEARLY_EMPTY : 50,
            },
            activeMigration: { optimizeRulePriority: false },
            whenUnsatisfiable: 'DoNotScaleUp',
          },
        });
      }
      // GKE runs what reads these.
      return [];
    },
  };
}

/** Machines of one generation, whose volumes are Persistent Disks; those of e2 take no local disk. */
const families = ({ localDisk }: Pool) => ['n2d', 'n2', 'c2d', ...(localDisk ? [] : ['e2'])];

/** Of 375 GB each. Machines above 10 cores (n2) or 16 cores (n2d, c2d) want at least two. */
const LOCAL_DISKS = 2;

/**
 * Percent of a node that is requested, below which it goes. Executors keep shuffle data, so a spot node should go
 * when it is empty; but what GKE runs on each node counts too, and on a small node comes near to this.
 */
const NEARLY_EMPTY = 20;

/** Ways to get a node of a pool, its families in turn: spot capacity of one runs dry while another has some. */
const waysOf = (pool: Pool): ComputeClassPriority[] =>
  families(pool).map((machineFamily) => ({
    machineFamily,
    minCores: 4,
    spot: pool.spot,
    storage: { bootDiskSize: 100, ...(pool.localDisk ? { localSSDCount: LOCAL_DISKS } : {}) },
  }));

/** The class for pods that may run on both kinds of nodes. */
const EITHER = 'spot-or-regular';

/** One class a pool, and one that falls back from spot nodes to regular ones: of all classes a pod names one. */
const CLASSES: readonly { readonly name: string; readonly pools: readonly Pool[] }[] = [
  ...POOLS.map((pool) => ({ name: pool.name, pools: [pool] })),
  {
    name: EITHER,
    pools: [true, false].flatMap((spot) => POOLS.filter((each) => each.spot === spot && !each.localDisk)),
  },
];

/** Why Cloud Storage refuses a bucket name; names with dots are refused too, since they need a verified domain. */
function bucketProblem(name: string): string | undefined {
  if (name.length < 3 || name.length > 63) return `it has ${name.length} characters, and must have 3 to 63`;
  if (!/^[a-z0-9][a-z0-9_-]*[a-z0-9]$/.test(name)) {
    return 'it must be lower-case letters, digits, dashes and underscores, with a letter or digit at both ends';
  }
  if (name.startsWith('goog')) return 'names that start with goog are reserved';
  if (/g[o0]{2}g[l1]e/.test(name)) return 'names that hold google, or look like it, are reserved';
  return undefined;
}

const CLASS = 'cloud.google.com/compute-class';

const isClass = (name: string) => [{ key: CLASS, operator: 'In', values: [name] }];

const GKE_SPOT = 'cloud.google.com/gke-spot';

/** A node of a class, which GKE labels and taints by the class and by what it is. */
const nodeOf = (name: string, spot: boolean, taints: readonly k8s.Taint[] = []): NodeSample => ({
  labels: { [CLASS]: name, ...(spot ? { [GKE_SPOT]: 'true' } : {}) },
  taints: [
    ...taints,
    ...(spot ? [{ key: GKE_SPOT, value: 'true', effect: 'NoSchedule' }] : []),
    { key: CLASS, value: name, effect: 'NoSchedule' },
  ],
});

/**
 * GKE makes nodes for pods that name exactly one ComputeClass: of several it makes none. So spot pods name the class
 * without local disks; the one with them is for pods that name it instead. Nor may a pod ask for gke-spot beside it;
 * pods that may run on both kinds only prefer it.
 */
const capacity: Capacity = {
  spot: [isClass('spot')],
  regular: [isClass('regular')],
  spotTolerations: [
    SPOT_TOLERATION,
    { key: GKE_SPOT, operator: 'Equal', value: 'true', effect: 'NoSchedule' },
    { key: CLASS, operator: 'Exists', effect: 'NoSchedule' },
  ],
  regularTolerations: [{ key: CLASS, operator: 'Exists', effect: 'NoSchedule' }],
  samples: { spot: [nodeOf('spot', true, [SPOT_TAINT])], regular: [nodeOf('regular', false)] },
  either: {
    terms: [isClass(EITHER)],
    spot: [[{ key: GKE_SPOT, operator: 'In', values: ['true'] }]],
    samples: { spot: [nodeOf(EITHER, true)], regular: [nodeOf(EITHER, false)] },
    withoutSlots: 'GKE gives all nodes of a ComputeClass the same labels, so none can tell slots apart',
  },
};
