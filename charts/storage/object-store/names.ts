import type { k8s } from 'cdk8s-plus-27';
import { versions } from '../../../versions';

export const IMAGES = {
  store: `docker.io/chrislusf/seaweedfs:${versions.seaweedfs}`,
  metadata: `quay.io/coreos/etcd:${versions.etcd}`,
} as const;

/** The user of the images, by number; that of etcd has none of its own. */
export const USER = 1000;

/** What each set of pods is called, and its Service; the gateways answer by the name of the component. */
export const NAMES = {
  metadata: 'metadata',
  master: 'master',
  volume: 'volume',
  gateway: 'object-store',
} as const;

/** gRPC ports are those of HTTP and 10,000. */
export const PORTS = {
  metadata: { client: 2379, peer: 2380, health: 2381 },
  master: { http: 9333, grpc: 19_333 },
  volume: { http: 8080, grpc: 18_080 },
  gateway: { s3: 8333, 's3-grpc': 18_333, filer: 8888, 'filer-grpc': 18_888 },
} as const;

/** The members of a set with a port, by the names that their Service gives them. */
export const members = (name: string, count: number, port: number): string[] =>
  Array.from({ length: count }, (_, index) => `${memberName(name, `${name}-${index}`)}:${port}`);

/** The name of one member. */
export const memberName = (name: string, pod: string): string => `${pod}.${name}.object-store.svc`;

/** Three vote; more would make writes slower and outlive no more than one failure more. */
export const VOTERS = 3;

/** Addresses of the masters, as every other program takes them. */
export const MASTERS = members(NAMES.master, VOTERS, PORTS.master.http).join(',');

/** What the programs of the store believe each other by, and what objects are encrypted with. */
export const OWN_SECRET = {
  name: 'object-store-own',
  keys: { volumes: 'volumes', filers: 'filers', encryption: 'encryption' },
} as const;

/** The key of whoever makes buckets; the file is what gateways believe from their start on. */
export const ADMIN_SECRET = {
  name: 'object-store-admin',
  keys: { access: 'accessKey', secret: 'secretKey', file: 's3.json' },
} as const;

/** The token that the store shows where it posts word of new objects; whoever listens has a copy. */
export const EVENTS_SECRET = { name: 'object-store-events', key: 'token' } as const;

const own = (name: string, key: string): k8s.EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: OWN_SECRET.name, key } },
});

/** How programs of the store prove themselves to each other. */
export const BELIEVED: readonly k8s.EnvVar[] = [
  own('WEED_JWT_SIGNING_KEY', OWN_SECRET.keys.volumes),
  own('WEED_JWT_FILER_SIGNING_KEY', OWN_SECRET.keys.filers),
];

/** The key that wraps the keys of objects. */
export const ENCRYPTION: k8s.EnvVar = own('WEED_S3_SSE_KEK', OWN_SECRET.keys.encryption);
