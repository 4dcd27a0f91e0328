import { z } from 'zod';
import type { Cloud } from '../core/cloud';
import { type Capacity, SPREAD_LABEL } from '../core/placement';
import { ComputeClass } from '../imports/compute-class';
import { parseOptions } from './options';
import { POOLS, type Pool, SPOT_TAINT, SPOT_TOLERATION, slotted } from './pools';

const options = z.strictObject({
  project: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, {
      error: 'is no project id; write one such as "acme-lake-prod"',
    })
    .describe('Google Cloud project id'),
  cluster: z.string().min(1).describe('Name of the GKE cluster'),
});

/** Google Cloud: GKE, whose nodes come from ComputeClasses; Cloud Storage; Persistent Disk. */
export function gcp(given: z.input<typeof options>): Cloud {
  const { project, cluster } = parseOptions(options, given);
  return {
    name: 'gcp',
    hasSpot: true,
    capacity,
    objectStore: {
      client: { protocol: 'gcs', project },
      uri: (bucket, path = '') => `gs://${bucket}/${path}`,
      hadoop: {
        'fs.AbstractFileSystem.gs.impl': 'com.google.cloud.hadoop.fs.gcs.GoogleHadoopFS',
        'fs.gs.project.id': project,
      },
      bucketProblem,
    },
    // GKE brings this class.
    blockStorage: { name: 'premium-rwo' },
    internalLoadBalancer: { 'networking.gke.io/load-balancer-type': 'Internal' },
    apiServer: { name: 'api-server', cidrs: ['0.0.0.0/0'], ports: [443] },
    // The metadata server: first behind Dataplane V2, second behind the older data plane.
    identityEgress: [
      { name: 'metadata', cidrs: ['169.254.169.254/32'], ports: [80] },
      { name: 'metadata-node', cidrs: ['169.254.169.252/32'], ports: [988] },
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
    nodePools(scope) {
      for (const { name, pool, slot } of CLASSES) {
        new ComputeClass(scope, `compute-class-${name}`, {
          metadata: { name },
          spec: {
            // Families in turn: spot capacity of one runs dry while another has some.
            priorities: FAMILIES.map((machineFamily) => ({
              machineFamily,
              minCores: 4,
              spot: pool.spot,
              storage: pool.localDisk ? { bootDiskSize: 100, localSSDCount: 1 } : { bootDiskSize: 100 },
            })),
            nodePoolAutoCreation: { enabled: true },
            nodePoolConfig: {
              nodeLabels: { ...slotted(pool, slot), 'lakeport.io/cluster': cluster },
              ...(pool.spot ? { taints: [SPOT_TAINT] } : {}),
            },
            // Executors keep shuffle data: a spot node goes when it is empty, never because it could be fuller.
            autoscalingPolicy: {
              consolidationDelayMinutes: pool.spot ? 2 : 15,
              consolidationThreshold: pool.spot ? 0 : 50,
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

const FAMILIES = ['n2d', 'n2', 'c2d', 'e2'];

/** A ComputeClass gives all its nodes the same labels, so each slot of the spread label needs a class. */
const CLASSES: readonly { readonly name: string; readonly pool: Pool; readonly slot: string }[] =
  POOLS.flatMap((pool) =>
    pool.slots.map((slot) => ({
      name: pool.slots.length > 1 ? `${pool.name}-${slot}` : pool.name,
      pool,
      slot,
    })),
  );

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
const GKE_SPOT_TAINT = { key: 'cloud.google.com/gke-spot', value: 'true', effect: 'NoSchedule' };

const classes = (spot: boolean) => CLASSES.filter(({ pool }) => pool.spot === spot);

/** Pods choose ComputeClasses by name; gke-spot beside it would conflict with how GKE reads the class. */
const capacity: Capacity = {
  spot: [[{ key: CLASS, operator: 'In', values: classes(true).map(({ name }) => name) }]],
  regular: [[{ key: CLASS, operator: 'In', values: classes(false).map(({ name }) => name) }]],
  spotTolerations: [
    SPOT_TOLERATION,
    { key: 'cloud.google.com/gke-spot', operator: 'Equal', value: 'true', effect: 'NoSchedule' },
    { key: CLASS, operator: 'Exists', effect: 'NoSchedule' },
  ],
  regularTolerations: [{ key: CLASS, operator: 'Exists', effect: 'NoSchedule' }],
  samples: {
    spot: classes(true).map(({ name, pool, slot }) => ({
      labels: { ...slotted(pool, slot), [CLASS]: name, 'cloud.google.com/gke-spot': 'true' },
      taints: [SPOT_TAINT, GKE_SPOT_TAINT, { key: CLASS, value: name, effect: 'NoSchedule' }],
    })),
    regular: classes(false).map(({ name, pool }) => ({
      labels: { ...pool.labels, [SPREAD_LABEL]: 'r0', [CLASS]: name },
      taints: [{ key: CLASS, value: name, effect: 'NoSchedule' }],
    })),
  },
};
