import fs from 'node:fs';
import path from 'node:path';
import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { demandJob, jobPod, onceJob } from '../../../core/job';
import type { Site } from '../../../core/site';
import type { JsonValue } from '../../../core/yaml';
import { bootstrap } from '../../processing/kafka';
import { writeLoad } from '../load';
import { SET_UP } from './compute';
import { router } from './endpoints';
import { ACCOUNTS, IMAGES, KAFKA_USER, SECRETS, USERS } from './names';
import { PATHS, VARIABLES } from './properties';
import type { Settings } from './settings';

const NAME = 'set-up';
const FILES = '/etc/set-up';
const AUTHORITY = '/etc/authority';

const read = (name: string): string => fs.readFileSync(path.join(__dirname, 'files', name), 'utf8');

type JsonObject = Readonly<Record<string, JsonValue>>;

/** A file of this component that is JSON, with some of its parts completed. */
function complete(name: string, ioConfig: JsonObject): string {
  // The files are ours, and have these parts.
  const file = JSON.parse(read(name)) as { readonly spec: JsonObject & { readonly ioConfig: JsonObject } };
  const spec = { ...file.spec, ioConfig: { ...file.spec.ioConfig, ...ioConfig } };
  return `${JSON.stringify({ ...file, spec }, undefined, 2)}\n`;
}

/** Who may read, how long rows stay, and how tables of the example are filled. */
export function writeSetUp(chart: ComponentChart, settings: Settings, topic: string | undefined): void {
  const { site } = chart;
  const { uri } = chart.connect(router, chart.pods('set-up'));
  const files = {
    'set-up.py': read('set-up.py'),
    'rules.json': `${JSON.stringify(rulesOf(settings))}\n`,
    ...(settings.example
      ? {
          'load.py': read('load.py'),
          'trips-hourly.json': complete('trips-hourly.json', { inputSource: filesOf(site) }),
        }
      : {}),
    ...(topic
      ? { 'supervisor-trips.json': complete('trips-live.json', { topic, consumerProperties: CONSUMER }) }
      : {}),
  };
  new k8s.KubeConfigMap(chart, 'set-up-files', {
    metadata: { name: NAME, namespace: chart.home },
    data: files,
  });
  const pod = setUpPod(chart, 'set-up.py', [], uri);
  onceJob(chart, NAME, files, pod);
  demandJob(chart, { name: NAME, role: 'set-up', resources: SET_UP });
  if (!settings.example) return;
  const load = setUpPod(chart, 'load.py', [`${FILES}/trips-hourly.json`], uri);
  writeLoad(chart, load, { backoffLimit: 0, resources: SET_UP });
}

/** Which rows of all tables are answered for, and with how many copies; others leave the object store after a week. */
const rulesOf = ({ retentionDays }: Settings): JsonValue => {
  const tieredReplicants = { _default_tier: 2 };
  return retentionDays === undefined
    ? [{ type: 'loadForever', tieredReplicants }]
    : [
        { type: 'loadByPeriod', period: `P${retentionDays}D`, includeFuture: true, tieredReplicants },
        { type: 'dropForever' },
      ];
};

/** Files of the presentation layer, in the words of Druid. */
function filesOf(site: Site): JsonObject {
  const bucket = site.bucket('presentation');
  const folder = 'serving/trips/';
  const objectGlob = '**.parquet';
  switch (site.cloud.objectStore.client.protocol) {
    case 's3':
      return { type: 's3', prefixes: [`s3://${bucket}/${folder}`], objectGlob };
    case 'azure':
      return {
        type: 'azureStorage',
        prefixes: [`azureStorage://${site.cloud.objectStore.client.account}/${bucket}/${folder}`],
        objectGlob,
      };
    case 'gcs':
      return { type: 'google', prefixes: [`gs://${bucket}/${folder}`], objectGlob };
  }
}

/** How tasks read topics; the login is in their environment. */
const CONSUMER: JsonObject = {
  'bootstrap.servers': `${bootstrap.service}.${bootstrap.component}.svc:${bootstrap.port}`,
  'security.protocol': 'SASL_SSL',
  'sasl.mechanism': 'SCRAM-SHA-512',
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.location': `${PATHS.kafka}/ca.crt`,
  'group.id': `${KAFKA_USER}.trips`,
  'druid.dynamic.config.provider': {
    type: 'environment',
    variables: { 'sasl.jaas.config': VARIABLES.kafka },
  },
};

function setUpPod(
  chart: ComponentChart,
  script: string,
  args: readonly string[],
  uri: string,
): k8s.PodTemplateSpec {
  const password = (name: string, secret: string): k8s.EnvVar => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key: 'password' } },
  });
  return jobPod(chart, {
    name: 'set-up',
    role: 'set-up',
    image: IMAGES.python,
    command: ['python3', `${FILES}/${script}`, ...args],
    env: [
      { name: 'DRUID', value: uri },
      { name: 'CA', value: `${AUTHORITY}/ca.crt` },
      { name: 'FILES', value: FILES },
      { name: 'PYTHONDONTWRITEBYTECODE', value: '1' },
      password('ADMIN_PASSWORD', SECRETS.admin),
      password('READER_PASSWORD', SECRETS.reader),
    ],
    resources: SET_UP,
    serviceAccount: ACCOUNTS['set-up'],
    apiServer: false,
    priority: 'system',
    mounts: [
      { name: 'files', path: FILES, source: { configMap: { name: NAME } } },
      {
        name: 'authority',
        path: AUTHORITY,
        source: { secret: { secretName: SECRETS.server, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      },
    ],
    user: USERS.python,
  });
}
