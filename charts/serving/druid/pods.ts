import { k8s } from 'cdk8s-plus-27';
import type { Identity } from '../../../core/cloud';
import type { ObjectStoreClient } from '../../../core/object-store';
import type { Mount } from '../../../core/workload';
import { javaMemory } from './compute';
import { SECRETS } from './names';
import { PATHS, VARIABLES } from './properties';

/** ConfigMap with the properties of all, of each sort of server and of tasks, and the template of their pods. */
export const CONFIG = 'config';

/** Properties of all, and of one sort of program, as files of the ConfigMap. */
export const COMMON_FILE = 'common.runtime.properties';
export const fileOf = (role: string): string => `${role}.runtime.properties`;

const field = (name: string, fieldPath: string): k8s.EnvVar => ({
  name,
  valueFrom: { fieldRef: { fieldPath } },
});

const fromSecret = (name: string, secret: string, key: string): k8s.EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

export interface EnvironmentProps {
  /** What the script of the image calls the program. */
  readonly service: string;
  readonly role: string;
  /** Of the pod. */
  readonly memory: string;
  readonly store: ObjectStoreClient;
  /** Whether it has the metadata. */
  readonly database: boolean;
  /** Whether it reads topics. */
  readonly topics: boolean;
}

/** What every program of Druid finds in its environment. */
export function environment(props: EnvironmentProps): k8s.EnvVar[] {
  const { service, role, memory, store, database, topics } = props;
  const { heap, direct } = javaMemory(memory);
  return [
    field('POD_NAME', 'metadata.name'),
    field('POD_NAMESPACE', 'metadata.namespace'),
    field(VARIABLES.host, 'status.podIP'),
    { name: 'DRUID_CONFIG_COMMON', value: `${PATHS.config}/${COMMON_FILE}` },
    { name: `DRUID_CONFIG_${service}`, value: `${PATHS.config}/${fileOf(role)}` },
    // The address is in the properties.
    { name: 'DRUID_SET_HOST', value: '0' },
    { name: 'DRUID_SET_HOST_IP', value: '0' },
    { name: 'DRUID_XMS', value: heap },
    { name: 'DRUID_XMX', value: heap },
    { name: 'DRUID_MAXDIRECTMEMORYSIZE', value: direct },
    ...(store.protocol === 's3' ? [{ name: 'AWS_REGION', value: store.region }] : []),
    fromSecret(VARIABLES.keystore, SECRETS.keystore, 'password'),
    fromSecret(VARIABLES.internal, SECRETS.internal, 'password'),
    ...(database
      ? [
          fromSecret(VARIABLES.admin, SECRETS.admin, 'password'),
          fromSecret(VARIABLES.databaseUser, SECRETS.database, 'username'),
          fromSecret(VARIABLES.databasePassword, SECRETS.database, 'password'),
        ]
      : UNUSED),
    ...(topics ? [fromSecret(VARIABLES.kafka, SECRETS.kafka, 'sasl.jaas.config')] : []),
  ];
}

/** Properties of all name them, and only who has the metadata reads them. */
const UNUSED: k8s.EnvVar[] = [VARIABLES.admin, VARIABLES.databaseUser, VARIABLES.databasePassword].map(
  (name) => ({
    name,
    value: 'unused',
  }),
);

/** What every program of Druid has mounted. */
export function mounts({ database, topics }: Pick<EnvironmentProps, 'database' | 'topics'>): Mount[] {
  return [
    { name: 'config', path: PATHS.config, source: { configMap: { name: CONFIG } } },
    { name: 'server', path: PATHS.keystore, source: { secret: { secretName: SECRETS.server } } },
    // The script of the image makes its configuration there.
    { name: 'tmp', path: '/tmp', source: { emptyDir: {} } },
    ...(database
      ? [
          {
            name: 'database',
            path: PATHS.database,
            source: { secret: { secretName: SECRETS.database, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          },
        ]
      : []),
    ...(topics
      ? [
          {
            name: 'kafka',
            path: PATHS.kafka,
            source: { secret: { secretName: SECRETS.kafka, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          },
        ]
      : []),
  ];
}

/** Whether a program is ready, and whether it still lives. Too strict a probe would take a busy one out of the cluster. */
export function probes(
  port: number,
): Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const get = (path: string): k8s.HttpGetAction => ({
    path,
    port: k8s.IntOrString.fromNumber(port),
    scheme: 'HTTPS',
  });
  return {
    startupProbe: { httpGet: get('/status/health'), periodSeconds: 10, failureThreshold: 30 },
    readinessProbe: {
      httpGet: get('/status/ready'),
      periodSeconds: 10,
      timeoutSeconds: 10,
      failureThreshold: 3,
    },
    livenessProbe: {
      httpGet: get('/status/health'),
      periodSeconds: 30,
      timeoutSeconds: 10,
      failureThreshold: 5,
    },
  };
}

/** Where a program that proves itself by an identity finds it. */
export type Identities = Readonly<Record<'master' | 'historical' | 'task', Identity>>;
