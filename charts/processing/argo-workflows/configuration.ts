import type { IArtifactRepository } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/ArtifactRepository';
import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { type Resources, restrictedContainer } from '../../../core/workload';
import { type JsonValue, toYaml } from '../../../core/yaml';
import type { WorkflowSpec } from '../../../imports/argo-workflows';
import { type Archive, CONNECTIONS } from './archive';
import { artifactRepository } from './artifacts';
import { workflowDefaults } from './defaults';
import type { Settings } from './settings';

/** The name under which controller and server look for it. */
export const CONFIGURATION = 'workflow-controller-configmap';

/** What the executor's containers request beside each step. */
export const EXECUTOR_REQUEST = {
  cpu: '50m',
  memory: '128Mi',
  memoryLimit: '512Mi',
} as const satisfies Resources;

interface ContainerDefaults {
  readonly imagePullPolicy: 'IfNotPresent';
  readonly resources: JsonValue;
  readonly securityContext: k8s.SecurityContext;
}

/** What the controller reads: the keys that are set here, in its own words. It refuses a key that it does not know. */
interface Configuration {
  readonly artifactRepository: IArtifactRepository;
  readonly executor: ContainerDefaults;
  readonly mainContainer: ContainerDefaults;
  readonly parallelism: number;
  readonly namespaceParallelism: number;
  readonly failedPodRestart: { readonly enabled: boolean; readonly maxRestarts: number };
  readonly nodeEvents: { readonly enabled: boolean };
  readonly metricsConfig: { readonly secure: boolean };
  readonly workflowDefaults: { readonly spec: WorkflowSpec };
  readonly persistence?: Persistence;
}

interface Persistence {
  readonly archive: boolean;
  readonly archiveTTL: string;
  readonly nodeStatusOffLoad: boolean;
  readonly clusterName: string;
  readonly connectionPool: { readonly maxIdleConns: number; readonly maxOpenConns: number };
  readonly postgresql: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly tableName: string;
    readonly userNameSecret: SecretKey;
    readonly passwordSecret: SecretKey;
    readonly ssl: boolean;
    readonly sslMode: 'require' | 'verify-full';
  };
}

interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** Writes the controller's ConfigMap. Workflow pods have the same identity in every namespace of a team. */
export function writeConfiguration(
  chart: ComponentChart,
  identity: Identity,
  settings: Settings,
  archive: Archive | undefined,
): void {
  const { site } = chart;
  const { max } = settings.parallelism;
  const configuration: Configuration = {
    artifactRepository: artifactRepository(site, identity),
    executor: containerDefaults(EXECUTOR_REQUEST),
    mainContainer: containerDefaults(settings.request),
    // A workflow that runs has one pod at least, so no more of them than pods make sense.
    parallelism: max * site.teams.length,
    namespaceParallelism: max,
    // A pod that was refused or evicted before its program started is made again, without counting as a try.
    failedPodRestart: { enabled: true, maxRestarts: 5 },
    // One event a step and state fills etcd; those of workflows stay.
    nodeEvents: { enabled: false },
    // A certificate that nobody can check is no protection; policies say who may scrape.
    metricsConfig: { secure: false },
    workflowDefaults: { spec: workflowDefaults(chart, identity, settings) },
    ...(archive ? { persistence: persistence(site.name, archive) } : {}),
  };
  new k8s.KubeConfigMap(chart, 'configuration', {
    metadata: { name: CONFIGURATION, namespace: chart.home },
    data: Object.fromEntries(Object.entries(configuration).map(([key, value]) => [key, text(value)])),
  });
}

/** Plain data all through, by the types above; interfaces have no index signature, so the compiler cannot see it. */
const text = (value: unknown): string =>
  typeof value === 'object' ? toYaml(value as JsonValue) : String(value);

const containerDefaults = ({ cpu, memory, memoryLimit }: Resources): ContainerDefaults => ({
  imagePullPolicy: 'IfNotPresent',
  resources: { requests: { cpu, memory }, limits: { memory: memoryLimit ?? memory } },
  securityContext: restrictedContainer(),
});

const persistence = (
  clusterName: string,
  { host, port, database, secret, days, trust }: Archive,
): Persistence => ({
  archive: true,
  archiveTTL: `${days}d`,
  // The state of a large workflow does not fit an object of the API server.
  nodeStatusOffLoad: true,
  clusterName,
  connectionPool: { maxIdleConns: CONNECTIONS.kept, maxOpenConns: CONNECTIONS.most },
  postgresql: {
    host,
    port,
    database,
    tableName: 'argo_workflows',
    userNameSecret: { name: secret, key: 'username' },
    passwordSecret: { name: secret, key: 'password' },
    ssl: true,
    sslMode: trust ? 'verify-full' : 'require',
  },
});
