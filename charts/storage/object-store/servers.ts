import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import { serviceAccount } from '../../../core/rbac';
import { fixed } from '../../../core/scale';
import { POD_NAME, statefulSet } from '../../../core/stateful';
import { readScript } from './files';
import { BELIEVED, IMAGES, MASTERS, memberName, NAMES, PORTS, USER, VOTERS } from './names';
import type { StoreSettings } from './settings';

/** Where programs of the store look for settings; the image has a file there that would choose another database. */
export const CONF = '/etc/seaweedfs';

const TMP = { name: 'tmp', path: '/tmp', source: { emptyDir: {} } };

const answers = (path: string): k8s.Probe => ({
  httpGet: { path, port: k8s.IntOrString.fromString('http') },
  periodSeconds: 10,
  timeoutSeconds: 5,
});

/** Masters, of which one leads: they know which server has which volume, and have lost copies made again. */
export function writeMasters(chart: ComponentChart, { copies }: StoreSettings): void {
  const name = NAMES.master;
  const { http, grpc } = PORTS.master;
  const pods = chart.pods('master');
  serviceAccount(chart, { name });
  chart.allow(pods, pods, http, grpc);
  // They run what is to be done by the hour themselves.
  chart.allow(pods, chart.pods('volume'), PORTS.volume.http, PORTS.volume.grpc);
  chart.allow(pods, chart.pods('gateway'), PORTS.gateway.filer, PORTS.gateway['filer-grpc']);
  const conf = readScript('master.toml');
  new k8s.KubeConfigMap(chart, `${name}-conf`, {
    metadata: { name, namespace: chart.home },
    data: { 'master.toml': conf },
  });
  statefulSet(chart, {
    name,
    role: 'master',
    image: IMAGES.store,
    command: ['/usr/bin/weed'],
    args: [
      '-logtostderr=true',
      'master',
      `-port=${http}`,
      '-mdir=/data',
      `-ip=${memberName(name, '$(POD_NAME)')}`,
      '-ip.bind=0.0.0.0',
      `-peers=${MASTERS}`,
      // Copies on other servers, which are on other nodes.
      `-defaultReplication=00${copies - 1}`,
      '-volumeSizeLimitMB=1000',
    ],
    env: [POD_NAME, ...BELIEVED],
    ports: { http, grpc },
    startupProbe: { ...answers('/cluster/status'), failureThreshold: 60 },
    readinessProbe: answers('/cluster/status'),
    livenessProbe: { ...answers('/cluster/status'), failureThreshold: 6 },
    resources: { cpu: '100m', memory: '512Mi' },
    serviceAccount: name,
    priority: 'system',
    replicas: fixed(VOTERS, 'three vote, and two of them go on'),
    mounts: [TMP, { name: 'conf', path: CONF, source: { configMap: { name } } }],
    dataPath: '/data',
    storage: '5Gi',
    annotations: { 'lakeport.io/configuration': checksum(conf) },
    user: USER,
  });
}

/** Volume servers, which keep the objects in files of a gigabyte. */
export function writeVolumes(chart: ComponentChart, { copies, volumes }: StoreSettings): void {
  const name = NAMES.volume;
  const { http, grpc } = PORTS.volume;
  const pods = chart.pods('volume');
  serviceAccount(chart, { name });
  chart.allow(pods, pods, http, grpc);
  chart.allow(pods, chart.pods('master'), PORTS.master.http, PORTS.master.grpc);
  statefulSet(chart, {
    name,
    role: 'volume',
    image: IMAGES.store,
    command: ['/usr/bin/weed'],
    args: [
      '-logtostderr=true',
      'volume',
      `-port=${http}`,
      '-dir=/data',
      // As many files as the disk has room for, with some of it left.
      '-max=0',
      '-minFreeSpace=5',
      `-ip=${memberName(name, '$(POD_NAME)')}`,
      '-ip.bind=0.0.0.0',
      `-master=${MASTERS}`,
    ],
    env: [POD_NAME, ...BELIEVED],
    ports: { http, grpc },
    startupProbe: { ...answers('/healthz'), failureThreshold: 180 },
    readinessProbe: answers('/healthz'),
    livenessProbe: { ...answers('/healthz'), failureThreshold: 6 },
    resources: { cpu: volumes.cpu, memory: volumes.memory },
    serviceAccount: name,
    priority: 'system',
    replicas: fixed(
      volumes.count,
      `each object is on ${copies} of them, and their disks are the size of the store`,
    ),
    mounts: [TMP],
    dataPath: '/data',
    storage: volumes.storage,
    gracePeriodSeconds: 60,
    user: USER,
  });
}
