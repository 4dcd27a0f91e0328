import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart, Recorded } from '../../../core/chart';
import { grantsOf } from '../../../core/grants';
import { demandJob, jobPod, onceJob } from '../../../core/job';
import { planBuckets } from '../../../core/lifecycle';
import { serviceAccount } from '../../../core/rbac';
import { service } from '../../../core/service';
import type { Mount } from '../../../core/workload';
import type { JsonValue } from '../../../core/yaml';
import { readScript } from './files';
import { copyOf, wantedKeys } from './keys';
import { ADMIN_SECRET, BELIEVED, IMAGES, MASTERS, NAMES, PORTS, USER } from './names';
import { policyOf } from './policy';
import { toXml } from './xml';

const NAME = 'object-store-set-up';
const GATEWAYS = 'gateways';
const FILES = '/etc/set-up';
const KEYS = '/etc/keys';
const REQUEST = { cpu: '100m', memory: '512Mi' } as const;

const TMP: Mount = { name: 'tmp', path: '/tmp', source: { emptyDir: { medium: 'Memory' } } };

/** What runs on the store: the Job that sets it up, and what has objects go as they age. */
export function writeJobs(chart: ComponentChart, recorded: ReadonlyMap<string, Recorded>): void {
  serviceAccount(chart, { name: NAME });
  const pods = chart.pods('keeper');
  const { s3, filer, 's3-grpc': s3Grpc, 'filer-grpc': filerGrpc } = PORTS.gateway;
  chart.allow(pods, chart.pods('gateway'), s3, filer, s3Grpc, filerGrpc);
  chart.allow(pods, chart.pods('master'), PORTS.master.http, PORTS.master.grpc);
  // By these ports only what belongs to the store speaks with gateways.
  service(chart, GATEWAYS, 'gateway', {
    filer: { port: filer },
    'filer-grpc': { port: filerGrpc },
    's3-grpc': { port: s3Grpc },
  });
  for (const name of ['set-up', 'lifecycle']) {
    demandJob(chart, { name: `object-store ${name}`, role: 'keeper', resources: REQUEST });
  }
  writeSetUp(chart, recorded);
  writeLifecycle(chart);
}

const address = (chart: ComponentChart, port: number): string => `${GATEWAYS}.${chart.home}.svc:${port}`;

function writeSetUp(chart: ComponentChart, recorded: ReadonlyMap<string, Recorded>): void {
  const files = setUpFiles(chart, recorded);
  new k8s.KubeConfigMap(chart, 'set-up-files', {
    metadata: { name: NAME, namespace: chart.home },
    data: files,
  });
  const { client } = chart.site.cloud.objectStore;
  const fromAdmin = (name: string, key: string): k8s.EnvVar => ({
    name,
    valueFrom: { secretKeyRef: { name: ADMIN_SECRET.name, key } },
  });
  const keys: k8s.VolumeProjection[] = wantedKeys(recorded).map(({ namespace, secret }) => ({
    secret: {
      name: copyOf(namespace),
      items: [secret.accessKey, secret.secretKey].map((key) => ({ key, path: `${namespace}/${key}` })),
    },
  }));
  const pod = keeperPod(chart, {
    command: ['/bin/sh', `${FILES}/set-up.sh`],
    env: [
      { name: 'FILES', value: FILES },
      { name: 'KEYS', value: KEYS },
      { name: 'FILER', value: address(chart, PORTS.gateway.filer) },
      { name: 'S3', value: `http://${NAMES.gateway}.${chart.home}.svc:${PORTS.gateway.s3}` },
      { name: 'REGION', value: client.protocol === 's3' ? client.region : '' },
      fromAdmin('ACCESS_KEY', ADMIN_SECRET.keys.access),
      fromAdmin('SECRET_KEY', ADMIN_SECRET.keys.secret),
    ],
    mounts: [
      { name: 'files', path: FILES, source: { configMap: { name: NAME } } },
      { name: 'keys', path: KEYS, source: { projected: { sources: keys } } },
    ],
  });
  onceJob(chart, NAME, files, pod);
}

/** What the script reads, itself included. */
function setUpFiles(chart: ComponentChart, recorded: ReadonlyMap<string, Recorded>): Record<string, string> {
  const { site } = chart;
  const plans = planBuckets(site, [...recorded.values()]);
  // The store is one that speaks S3: it describes each bucket in the words of that API.
  const described = site.cloud.objectStore.describe(plans) as Readonly<
    Record<string, Readonly<Record<string, JsonValue>>>
  >;
  const grants = grantsOf(recorded);
  const wanted = wantedKeys(recorded);
  const identities = wanted.map(({ namespace, secret }) => ({
    name: namespace,
    credentials: [
      {
        accessKey: `@${namespace}/${secret.accessKey}@`,
        secretKey: `@${namespace}/${secret.secretKey}@`,
      },
    ],
    policyNames: [namespace],
  }));
  const ofBuckets = plans.flatMap(({ purpose, name }) => {
    const bucket = described[purpose] ?? {};
    return [
      ['versioning', 'VersioningConfiguration'] as const,
      ['encryption', 'ServerSideEncryptionConfiguration'] as const,
      ['lifecycle', 'LifecycleConfiguration'] as const,
    ].map(([what, root]) => [`${what}-${name}.xml`, toXml(root, bucket[root])] as const);
  });
  return {
    'set-up.sh': readScript('set-up.sh'),
    'lifecycle.sh': readScript('lifecycle.sh'),
    'identities.json': `${JSON.stringify({ identities }, undefined, 2)}\n`,
    ...Object.fromEntries(
      wanted.map(({ namespace }) => [
        `policy-${namespace}.json`,
        `${JSON.stringify(
          policyOf(
            site,
            grants.filter((each) => each.namespace === namespace),
          ),
        )}\n`,
      ]),
    ),
    buckets: plans.map(({ name }) => `${name}\n`).join(''),
    ...Object.fromEntries(ofBuckets),
  };
}

/** Each night, since the store looks at the age of objects only when it is told to. */
function writeLifecycle(chart: ComponentChart): void {
  const pod = keeperPod(chart, {
    command: ['/bin/sh', `${FILES}/lifecycle.sh`],
    env: [
      { name: 'FILER', value: address(chart, PORTS.gateway.filer) },
      { name: 'S3_GRPC', value: address(chart, PORTS.gateway['s3-grpc']) },
    ],
    mounts: [{ name: 'files', path: FILES, source: { configMap: { name: NAME } } }],
  });
  new k8s.KubeCronJob(chart, 'lifecycle', {
    metadata: { name: 'object-store-lifecycle', namespace: chart.home },
    spec: {
      schedule: '30 1 * * *',
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: { backoffLimit: 2, template: pod } },
    },
  });
}

interface KeeperProps {
  readonly command: readonly string[];
  readonly env: readonly k8s.EnvVar[];
  readonly mounts: readonly Mount[];
}

const keeperPod = (chart: ComponentChart, { command, env, mounts }: KeeperProps): k8s.PodTemplateSpec =>
  jobPod(chart, {
    name: 'keeper',
    role: 'keeper',
    image: IMAGES.store,
    command,
    env: [
      // The shell keeps its history there.
      { name: 'HOME', value: '/tmp' },
      { name: 'MASTERS', value: MASTERS },
      ...env,
      ...BELIEVED,
    ],
    resources: REQUEST,
    serviceAccount: NAME,
    apiServer: false,
    priority: 'system',
    mounts: [TMP, ...mounts],
    user: USER,
  });
