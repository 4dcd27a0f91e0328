import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import type { Identity } from '../../../core/cloud';
import { demandJob, jobPod, onceJob } from '../../../core/job';
import { service } from '../../../core/service';
import { deployment, type Mount, type WorkloadProps } from '../../../core/workload';
import type { DatabaseAccess } from '../../foundation/postgres';
import { icebergCatalog, metastore } from './endpoints';
import type { Software } from './image';
import { AUTHORITY, hadoopConf, metastoreConf, PASSWORD, UNTYPED } from './metastore-conf';
import { configurationFiles, environment, mounts, USER } from './process';
import type { Settings } from './settings';

export const NAME = metastore.service;
const SCHEMA = 'metastore-schema';

/** The tables of the schema are made and upgraded before a metastore starts that wants them. */
const AFTER_SCHEMA = 1;

/** Metastores, and the Job that makes the tables that they keep everything in. */
export function writeMetastore(
  chart: ComponentChart,
  settings: Settings,
  software: Software,
  identity: Identity,
  database: DatabaseAccess,
): void {
  const files = configurationFiles(hadoopConf(chart.site, identity), metastoreConf(chart.site, database));
  new k8s.KubeConfigMap(chart, 'metastore-configuration', {
    metadata: { name: NAME, namespace: chart.home },
    data: files,
  });
  const env = (heapOf: string): k8s.EnvVar[] => [
    ...environment(heapOf, software, UNTYPED),
    {
      name: PASSWORD,
      valueFrom: { secretKeyRef: { name: database.secret.name, key: database.secret.password } },
    },
  ];
  const common = {
    image: software.image,
    before: software.before,
    serviceAccount: NAME,
    apiServer: false,
    identity,
    mounts: [...mounts(NAME, software), authorityOf(database)],
    user: USER,
  } as const;
  writeSchema(chart, { ...common, env: env(SCHEMA_COMPUTE.memory) }, files);
  service(chart, NAME, 'metastore', {
    thrift: { port: metastore.port },
    iceberg: { port: icebergCatalog.port },
  });
  const { cpu, memory, replicas } = settings.metastore;
  const answers: k8s.Probe = { tcpSocket: { port: k8s.IntOrString.fromString('thrift') }, periodSeconds: 10 };
  deployment(chart, {
    ...common,
    env: env(memory),
    name: NAME,
    role: 'metastore',
    // Not the entrypoint of the image: it would look after the schema at every start, and write to the image.
    command: ['/opt/hive/bin/hive'],
    args: ['--skiphadoopversion', '--skiphbasecp', '--service', 'metastore', '-p', String(metastore.port)],
    ports: { thrift: metastore.port, iceberg: icebergCatalog.port },
    startupProbe: { ...answers, failureThreshold: 60 },
    readinessProbe: { tcpSocket: { port: k8s.IntOrString.fromString('iceberg') }, periodSeconds: 10 },
    livenessProbe: { ...answers, periodSeconds: 30 },
    resources: { cpu, memory },
    priority: 'serving',
    replicas,
    annotations: { 'lakeport.io/configuration': checksum(JSON.stringify([files, software.lists])) },
    gracePeriodSeconds: 60,
    syncWave: AFTER_SCHEMA,
  });
}

/** So that programs believe no database but ours. */
const authorityOf = ({ secret }: DatabaseAccess): Mount => ({
  name: 'database',
  path: AUTHORITY,
  source: { secret: { secretName: secret.name, items: [{ key: secret.ca, path: secret.ca }] } },
});

const SCHEMA_COMPUTE = { cpu: '250m', memory: '1Gi' } as const;

type Common = Omit<WorkloadProps, 'name' | 'role' | 'resources' | 'priority' | 'replicas'>;

/** Makes the tables of the pinned version, or upgrades those of an older one; where they are right, it does nothing. */
function writeSchema(chart: ComponentChart, common: Common, files: Record<string, string>): void {
  demandJob(chart, { name: SCHEMA, role: 'schema', resources: SCHEMA_COMPUTE });
  const pod = jobPod(chart, {
    ...common,
    name: SCHEMA,
    role: 'schema',
    command: ['/opt/hive/bin/schematool'],
    args: SCHEMA_ARGUMENTS,
    resources: SCHEMA_COMPUTE,
    priority: 'system',
  });
  onceJob(chart, SCHEMA, files, pod);
}

/** What the Job tells schematool. */
export const SCHEMA_ARGUMENTS = ['-dbType', 'postgres', '-initOrUpgradeSchema', '-verbose'];
