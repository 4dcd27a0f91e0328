import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { serviceAccount } from '../../../core/rbac';
import { fixed } from '../../../core/scale';
import { service } from '../../../core/service';
import { POD_NAME, statefulSet } from '../../../core/stateful';
import { IMAGES, memberName, members, NAMES, PORTS, USER, VOTERS } from './names';
import type { StoreSettings } from './settings';

const NAME = NAMES.metadata;
const { client, peer, health } = PORTS.metadata;

/** Where gateways reach whichever member is there. */
export const METADATA = { service: 'metadata-client', port: client } as const;

/** As much as etcd recommends to keep at most. */
const QUOTA_BYTES = 8 * 2 ** 30;

/** Names and places of objects: etcd, of which each member has all. Written by two of three before it is told. */
export function writeMetadata(chart: ComponentChart, { metadata }: StoreSettings): void {
  serviceAccount(chart, { name: NAME });
  const pods = chart.pods('metadata');
  chart.allow(pods, pods, peer);
  const own = memberName(NAME, '$(POD_NAME)');
  const cluster = members(NAME, VOTERS, peer).map((address) => `${address.split('.')[0]}=http://${address}`);
  service(chart, METADATA.service, 'metadata', { client: { port: client } });
  const probe = (path: string): k8s.Probe => ({
    httpGet: { path, port: k8s.IntOrString.fromString('health') },
    periodSeconds: 10,
    timeoutSeconds: 5,
  });
  statefulSet(chart, {
    name: NAME,
    role: 'metadata',
    image: IMAGES.metadata,
    command: ['/usr/local/bin/etcd'],
    args: [
      '--name=$(POD_NAME)',
      '--data-dir=/data/etcd',
      `--listen-client-urls=http://0.0.0.0:${client}`,
      `--advertise-client-urls=http://${own}:${client}`,
      `--listen-peer-urls=http://0.0.0.0:${peer}`,
      `--initial-advertise-peer-urls=http://${own}:${peer}`,
      `--initial-cluster=${cluster.join(',')}`,
      '--initial-cluster-token=object-store',
      '--initial-cluster-state=new',
      `--listen-metrics-urls=http://0.0.0.0:${health}`,
      `--quota-backend-bytes=${QUOTA_BYTES}`,
      // Each change of an entry keeps the entry as it was before.
      '--auto-compaction-mode=periodic',
      '--auto-compaction-retention=10m',
    ],
    env: [POD_NAME],
    ports: { client, peer, health },
    startupProbe: { ...probe('/livez'), failureThreshold: 60 },
    readinessProbe: probe('/readyz'),
    livenessProbe: { ...probe('/livez'), failureThreshold: 6 },
    resources: { cpu: metadata.cpu, memory: metadata.memory },
    serviceAccount: NAME,
    priority: 'system',
    replicas: fixed(VOTERS, 'three vote, and two of them go on'),
    dataPath: '/data',
    storage: metadata.storage,
    user: USER,
  });
}
