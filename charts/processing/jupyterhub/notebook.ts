import type { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { scheduling } from '../../../core/placement';
import { mebibytes, parseQuantity } from '../../../core/quantity';
import { PRIORITIES, restrictedContainer } from '../../../core/workload';
import type { JsonValue } from '../../../core/yaml';
import { ACCOUNTS, CLIENT, PORTS } from '../spark';
import type { Profile, Settings } from './settings';

/** User and group of the image, by number. */
export const USER = { user: 1000, group: 100 } as const;

/** The module `lake`, in every namespace of a team, and where notebooks find it. */
export const MODULE = { name: 'notebook-lake', path: '/opt/lakeport/notebook' } as const;

export const TEAM_FOLDER = 'team-folder';

/** The claim of the folder that servers of all teams read. */
export const SHARED_FOLDER = 'notebooks-shared';
const HOME = '/home/jovyan';
const SCRATCH = '/var/data/spark-local';

/** Sessions that one server can have at a time: each notebook with Spark is one. */
const SESSIONS = 4;

/**
 * Ports on which the drivers of a server listen: each session takes two, from those of a job on. Spark tries the next
 * one where one is taken, and {@link MORE_PORTS} keeps it from going where no executor would reach it.
 */
export const SESSION_PORTS: readonly number[] = Array.from(
  { length: 2 * SESSIONS },
  (_, index) => PORTS.driver + index,
);
const MORE_PORTS = 2 * (SESSIONS - 1);

/** Everything of a server's pod that is the same for all, in the words of KubeSpawner. */
export function podOf(chart: ComponentChart, settings: Settings, identity: Identity): JsonValue {
  const { cloud } = chart.site;
  const placed = scheduling(chart.placement('notebook'), cloud.capacity);
  const volumes: (k8s.Volume & { mountPath: string; readOnly?: boolean })[] = [
    { name: 'home', persistentVolumeClaim: { claimName: '{pvc_name}' }, mountPath: HOME },
    { name: 'spark-defaults', configMap: { name: CLIENT.name }, mountPath: CLIENT.path, readOnly: true },
    { name: 'lake', configMap: { name: MODULE.name }, mountPath: MODULE.path, readOnly: true },
    { name: 'tmp', emptyDir: {}, mountPath: '/tmp' },
    { name: 'scratch', emptyDir: {}, mountPath: SCRATCH },
    ...(settings.teamFolder
      ? [
          {
            name: 'team',
            persistentVolumeClaim: { claimName: TEAM_FOLDER },
            mountPath: `${HOME}/team`,
          },
        ]
      : []),
    ...(settings.sharedFolder
      ? [
          {
            name: 'shared',
            persistentVolumeClaim: { claimName: SHARED_FOLDER, readOnly: true },
            mountPath: `${HOME}/shared`,
            readOnly: true,
          },
        ]
      : []),
  ];
  return plain({
    service_account: ACCOUNTS.driver,
    automount_service_account_token: true,
    labels: { 'app.kubernetes.io/part-of': 'lakeport', ...identity.podLabels },
    annotations: { ...cloud.undisturbed },
    pod_security_context: {
      runAsNonRoot: true,
      runAsUser: USER.user,
      runAsGroup: USER.group,
      fsGroup: USER.group,
      // A home with many small files would else be gone through at every start.
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    container_security_context: restrictedContainer(),
    extra_pod_config: {
      ...placed,
      priorityClassName: PRIORITIES.interactive,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 30,
    },
    volumes: volumes.map(({ mountPath: _, readOnly: __, ...volume }) => volume),
    volume_mounts: volumes.map(({ name, mountPath, readOnly }) => ({
      name,
      mountPath,
      ...(readOnly ? { readOnly } : {}),
    })),
    environment: Object.fromEntries(environment(chart, identity).map(({ name, ...rest }) => [name, rest])),
  });
}

function environment(chart: ComponentChart, { env }: Identity): k8s.EnvVar[] {
  const { site } = chart;
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const values = {
    HOME,
    PYTHONPATH: MODULE.path,
    SPARK_CONF_DIR: CLIENT.path,
    SPARK_LOCAL_DIRS: SCRATCH,
    LAKE_RAW: site.uri('raw'),
    LAKE_CURATED: site.uri('curated'),
    LAKE_PRESENTATION: site.uri('presentation'),
    LAKE_SCRATCH: site.uri('scratch'),
  };
  return [
    field('POD_NAME', 'metadata.name'),
    field('POD_IP', 'status.podIP'),
    ...Object.entries(values).map(([name, value]) => ({ name, value })),
    ...env,
  ];
}

/** What a profile gives to a server, for the hub. */
export function profileOf(profile: Profile, settings: Settings): JsonValue {
  const { name, description, cores, memory, gpus, executors } = profile;
  const bytes = parseQuantity(memory);
  const heap = Math.floor(bytes / 2 / 2 ** 20);
  const idleSeconds = (profile.idleMinutes ?? settings.idleMinutes) * 60;
  return {
    name,
    description,
    cores,
    memory: mebibytes(bytes).replace('Mi', 'M'),
    gpus,
    idleSeconds,
    spark: submitArguments({
      'spark.driver.memory': `${heap}m`,
      'spark.executor.cores': String(executors.cores),
      'spark.executor.memory': `${Math.ceil(parseQuantity(executors.memory) / 2 ** 20)}m`,
      'spark.dynamicAllocation.maxExecutors': String(executors.max),
      // By default, executors that hold results of a shuffle or cached tables stay as long as the session.
      'spark.dynamicAllocation.shuffleTracking.timeout': `${idleSeconds}s`,
      'spark.dynamicAllocation.cachedExecutorIdleTimeout': `${idleSeconds}s`,
    }),
  };
}

/** What every session of a server is started with, over what the team's sessions have: also one that says nothing. */
const submitArguments = (conf: Readonly<Record<string, string>>): string =>
  [
    ...Object.entries({
      // Executors come to the address of the pod, and go when it goes.
      'spark.driver.host': '$(POD_IP)',
      'spark.kubernetes.driver.pod.name': '$(POD_NAME)',
      'spark.port.maxRetries': String(MORE_PORTS),
      ...conf,
    }).map(([key, value]) => `--conf ${key}=${value}`),
    'pyspark-shell',
  ].join(' ');

/** Plain data all through; interfaces have no index signature, so the compiler cannot see it. */
const plain = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
