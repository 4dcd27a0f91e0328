import fs from 'node:fs';
import path from 'node:path';
import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { demandJob, jobPod, onceJob } from '../../../core/job';
import { serviceAccount } from '../../../core/rbac';
import type { Site } from '../../../core/site';
import type { Mount } from '../../../core/workload';
import { bootstrap } from '../../processing/kafka';
import { writeLoad } from '../load';
import { SET_UP } from './compute';
import { PATHS } from './config';
import { sql } from './endpoints';
import { ACCOUNTS, IMAGES, KAFKA_USER, SECRETS, USER } from './names';

const NAME = 'set-up';
const FILES = '/etc/set-up';
const EXAMPLES = ['20-tables.sql'] as const;

/** A file of this component. */
const read = (name: string): string => fs.readFileSync(path.join(__dirname, 'files', name), 'utf8');

export interface SetUpProps {
  /** Topic that the example reads; undefined where there is none. */
  readonly topic: string | undefined;
  readonly example: boolean;
  /** How compute nodes prove who they are to the object store. */
  readonly identity: Identity;
}

/** Accounts, tables, and how the tables of the example are filled. */
export function writeSetUp(chart: ComponentChart, { topic, example, identity }: SetUpProps): void {
  const { host, port } = chart.connect(sql, chart.pods('set-up'));
  const files = {
    'set-up.sh': read('set-up.sh'),
    '10-accounts.sql': read('10-accounts.sql'),
    ...(example ? Object.fromEntries(EXAMPLES.map((name) => [name, read(name)])) : {}),
    ...(topic ? { '30-stream.sql': stream(topic) } : {}),
    ...(example ? { 'load.sh': read('load.sh') } : {}),
  };
  new k8s.KubeConfigMap(chart, 'set-up-files', {
    metadata: { name: NAME, namespace: chart.home },
    data: files,
  });
  serviceAccount(chart, { name: ACCOUNTS.setUp });
  const password = (name: string, secret: string): k8s.EnvVar => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key: 'password' } },
  });
  const address = [
    { name: 'HOST', value: host },
    { name: 'PORT', value: String(port) },
  ];
  const pod = setUpPod(chart, 'set-up.sh', [
    ...address,
    { name: 'FILES', value: FILES },
    password('ROOT_PASSWORD', SECRETS.root),
    password('LOADER_PASSWORD', SECRETS.loader),
    password('READER_PASSWORD', SECRETS.reader),
    ...(topic ? [password('KAFKA_PASSWORD', SECRETS.kafka)] : []),
  ]);
  onceJob(chart, NAME, files, pod);
  demandJob(chart, { name: NAME, role: 'set-up', resources: SET_UP });
  if (example) {
    const from = filesOf(chart.site, identity);
    const load = setUpPod(chart, 'load.sh', [
      ...address,
      password('MYSQL_PWD', SECRETS.loader),
      // What others are made of comes first.
      ...from.env,
      { name: 'FROM', value: from.uri },
      { name: 'PROPERTIES', value: from.properties },
    ]);
    writeLoad(chart, load, { backoffLimit: 2, resources: SET_UP });
  }
}

/** The files of the example, in the words of the function FILES(). */
function filesOf(
  site: Site,
  { secret, env }: Identity,
): { readonly uri: string; readonly properties: string; readonly env: readonly k8s.EnvVar[] } {
  const { client } = site.cloud.objectStore;
  const bucket = site.bucket('presentation');
  const properties = (values: Readonly<Record<string, string>>) =>
    Object.entries(values)
      .map(([key, value]) => `"${key}" = "${value}"`)
      .join(', ');
  switch (client.protocol) {
    case 's3':
      return {
        uri: `s3://${bucket}/serving/trips/*`,
        properties: properties({
          'aws.s3.region': client.region,
          'aws.s3.endpoint': `${client.tls ? 'https' : 'http'}://${client.endpoint}`,
          'aws.s3.enable_path_style_access': String(client.pathStyle),
          'aws.s3.enable_ssl': String(client.tls),
          ...(secret
            ? { 'aws.s3.access_key': '$(AWS_ACCESS_KEY_ID)', 'aws.s3.secret_key': '$(AWS_SECRET_ACCESS_KEY)' }
            : { 'aws.s3.use_aws_sdk_default_behavior': 'true' }),
        }),
        env: secret ? env : [],
      };
    case 'azure':
      return {
        uri: `${site.uri('presentation', 'serving/trips/*')}`,
        properties: properties({
          'azure.adls2.storage_account': client.account,
          'azure.adls2.shared_key': '$(STORAGE_KEY)',
        }),
        env: [{ name: 'STORAGE_KEY', valueFrom: { secretKeyRef: { name: SECRETS.storage, key: 'key' } } }],
      };
    case 'gcs':
      return {
        uri: `gs://${bucket}/serving/trips/*`,
        properties: properties({ 'gcp.gcs.use_compute_engine_service_account': 'true' }),
        env: [],
      };
  }
}

/** The stream of the example: frontends hand out parts of the topic to compute nodes, which load them. */
const stream = (topic: string): string =>
  read('30-stream.sql')
    .replaceAll('{{topic}}', topic)
    .replaceAll('{{brokers}}', `${bootstrap.service}.${bootstrap.component}.svc:${bootstrap.port}`)
    .replaceAll('{{user}}', KAFKA_USER)
    .replaceAll('{{authority}}', `${PATHS.kafka}/ca.crt`);

function setUpPod(chart: ComponentChart, script: string, env: readonly k8s.EnvVar[]): k8s.PodTemplateSpec {
  const files: Mount = { name: 'files', path: FILES, source: { configMap: { name: NAME } } };
  const tmp: Mount = { name: 'tmp', path: '/tmp', source: { emptyDir: { medium: 'Memory' } } };
  return jobPod(chart, {
    name: 'set-up',
    role: 'set-up',
    // It has the client of MySQL.
    image: IMAGES.frontend,
    command: ['/bin/bash', `${FILES}/${script}`],
    env,
    resources: SET_UP,
    serviceAccount: ACCOUNTS.setUp,
    apiServer: false,
    priority: 'system',
    mounts: [files, tmp],
    user: USER,
  });
}
