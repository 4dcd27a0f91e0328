import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import { serviceAccount } from '../../../core/rbac';
import { service } from '../../../core/service';
import { deployment } from '../../../core/workload';
import type { Posts } from './events';
import { METADATA } from './metadata';
import { ADMIN_SECRET, BELIEVED, ENCRYPTION, IMAGES, MASTERS, NAMES, PORTS, USER } from './names';
import { CONF } from './servers';
import type { StoreSettings } from './settings';

const NAME = NAMES.gateway;
const ADMIN_FILE = '/etc/object-store';

/**
 * Gateways: what clients speak S3 with. Each is filer and S3 in one; all keep what they know in the same etcd, so that
 * what one has written the others see at once.
 */
export function writeGateways(chart: ComponentChart, { gateways }: StoreSettings, posts: Posts): void {
  const { s3, filer } = PORTS.gateway;
  const pods = chart.pods('gateway');
  serviceAccount(chart, { name: NAME });
  chart.allow(pods, chart.pods('metadata'), METADATA.port);
  chart.allow(pods, chart.pods('master'), PORTS.master.http, PORTS.master.grpc);
  chart.allow(pods, chart.pods('volume'), PORTS.volume.http, PORTS.volume.grpc);
  chart.allow(pods, pods, filer, PORTS.gateway['filer-grpc'], PORTS.gateway['s3-grpc']);
  service(chart, NAME, 'gateway', { s3: { port: s3 } });
  const conf = [
    '[etcd]',
    'enabled = true',
    // A Service and no list: a gateway asks the first of a list when it starts, and fails where that one is away.
    `servers = "${METADATA.service}.${chart.home}.svc:${METADATA.port}"`,
    'key_prefix = "seaweedfs."',
    'timeout = "5s"',
    '',
  ].join('\n');
  const files = { 'filer.toml': conf, ...posts.file };
  new k8s.KubeConfigMap(chart, `${NAME}-conf`, {
    metadata: { name: NAME, namespace: chart.home },
    data: files,
  });
  const probe: k8s.Probe = {
    httpGet: { path: '/healthz', port: k8s.IntOrString.fromString('s3') },
    periodSeconds: 10,
    timeoutSeconds: 5,
  };
  deployment(chart, {
    name: NAME,
    role: 'gateway',
    image: IMAGES.store,
    command: ['/usr/bin/weed'],
    args: [
      '-logtostderr=true',
      'filer',
      `-port=${filer}`,
      '-ip=$(POD_IP)',
      '-ip.bind=0.0.0.0',
      `-master=${MASTERS}`,
      '-ui.deleteDir=false',
      '-s3',
      `-s3.port=${s3}`,
      // Nobody may do anything before the Job has said who may do what.
      `-s3.config=${ADMIN_FILE}/${ADMIN_SECRET.keys.file}`,
      '-s3.autoCreateBucket=false',
      '-s3.allowDeleteBucketNotEmpty=false',
      '-s3.port.iceberg=0',
      '-s3.port.lance=0',
    ],
    env: [
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ...BELIEVED,
      ENCRYPTION,
      ...posts.env,
    ],
    ports: PORTS.gateway,
    startupProbe: { ...probe, failureThreshold: 60 },
    readinessProbe: probe,
    livenessProbe: { ...probe, failureThreshold: 6 },
    resources: { cpu: '500m', memory: '2Gi' },
    serviceAccount: NAME,
    apiServer: false,
    priority: 'serving',
    replicas: gateways,
    mounts: [
      { name: 'tmp', path: '/tmp', source: { emptyDir: {} } },
      { name: 'conf', path: CONF, source: { configMap: { name: NAME } } },
      {
        name: 'admin',
        path: ADMIN_FILE,
        source: {
          secret: {
            secretName: ADMIN_SECRET.name,
            items: [{ key: ADMIN_SECRET.keys.file, path: ADMIN_SECRET.keys.file }],
          },
        },
      },
    ],
    // Uploads that are under way end first.
    gracePeriodSeconds: 60,
    annotations: { 'lakeport.io/configuration': checksum(Object.values(files).join('\n')) },
    user: USER,
  });
}
