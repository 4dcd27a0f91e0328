import type { Cloud } from '../../core/cloud';

const label = 'test.io/capacity';
const spotTaint = { key: label, value: 'spot', effect: 'NoSchedule' };

/** A cloud that is none of the real ones: core must work with any. */
export const testCloud = (changes: Partial<Cloud> = {}): Cloud => ({
  name: 'test',
  hasSpot: true,
  failureDomain: 'topology.kubernetes.io/zone',
  capacity: {
    spot: [[{ key: label, operator: 'In', values: ['spot'] }]],
    regular: [[{ key: label, operator: 'NotIn', values: ['spot'] }]],
    spotTolerations: [{ key: label, operator: 'Equal', value: 'spot', effect: 'NoSchedule' }],
    regularTolerations: [],
    samples: {
      spot: [{ labels: { [label]: 'spot' }, taints: [spotTaint] }],
      regular: [{ labels: { [label]: 'regular' }, taints: [] }],
    },
  },
  objectStore: {
    client: { protocol: 's3', endpoint: 's3.test', region: 'test', tls: true, pathStyle: true },
    uri: (bucket, path = '') => `s3a://${bucket}/${path}`,
    hadoop: {},
    bucketProblem: (name) => (name.includes('_') ? 'no underscores' : undefined),
    tiers: { cool: { readable: true }, archive: { readable: false } },
    versions: 'overwritten',
    keyProblem: (key) => (key === 'key' ? undefined : 'it has another; write "key"'),
    describe: (plans) => plans.map(({ name }) => name),
  },
  notifications: { kind: 'post', format: 's3' },
  blockStorage: { name: 'block' },
  loadBalancer: { internal: {}, public: {} },
  resolvers: ['169.254.20.10/32'],
  undisturbed: { 'test.io/stay': 'true' },
  apiServer: { name: 'api-server', cidrs: ['0.0.0.0/0'], ports: [443] },
  identityEgress: [{ name: 'identity', cidrs: ['169.254.1.1/32'], ports: [80] }],
  objectStoreEgress: [{ name: 'object-store', cidrs: ['0.0.0.0/0'], ports: [443] }],
  identity: () => ({ serviceAccountAnnotations: {}, podLabels: {}, env: [], hadoop: {} }),
  podMetrics: 'given',
  dnsZoneOption: { field: 'cloud', remedy: 'write another cloud' },
  secretStoreOption: { field: 'cloud', remedy: 'write another cloud' },
  nodePools: () => [],
  ...changes,
});
