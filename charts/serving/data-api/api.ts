import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import { parseQuantity } from '../../../core/quantity';
import { serviceAccount } from '../../../core/rbac';
import { service } from '../../../core/service';
import { deployment } from '../../../core/workload';
import type { CheckedSettings } from './checks';
import { FOLDER, IMAGE, NAME, PORTS, USER } from './names';
import type { Sources } from './sources';

const CONFIGURATION = 'configuration';
/** Seconds in which an instance ends what it has begun. */
const GRACE = 20;

/**
 * Instances that answer, each by itself: they share no state, so any of them may go at any time.
 * @param files what Cube reads at start, by path
 */
export function writeApi(
  chart: ComponentChart,
  settings: CheckedSettings,
  sources: Sources,
  files: Readonly<Record<string, string>>,
): void {
  const { oidc, replicas, cpu, memory } = settings;
  const pods = chart.pods('api');
  serviceAccount(chart, { name: NAME });
  const { port, protocol } = new URL(oidc.jwks);
  chart.reach(pods, {
    name: 'issuer',
    cidrs: ['0.0.0.0/0'],
    ports: [Number(port) || (protocol === 'https:' ? 443 : 80)],
  });
  // Keys of a ConfigMap hold no slash.
  const keys = Object.keys(files).map((path) => ({ key: path.replaceAll('/', '.'), path }));
  const data = Object.fromEntries(keys.map(({ key, path }) => [key, files[path] ?? '']));
  new k8s.KubeConfigMap(chart, CONFIGURATION, {
    metadata: { name: CONFIGURATION, namespace: chart.home },
    data,
  });
  // A client that comes again for a slow answer finds the instance that computes it.
  service(chart, NAME, 'api', { http: { port: PORTS.api } }, { sticky: true });
  const healthy: k8s.Probe = {
    httpGet: { path: '/readyz', port: k8s.IntOrString.fromString('http') },
    periodSeconds: 10,
    timeoutSeconds: 5,
  };
  deployment(chart, {
    name: NAME,
    role: 'api',
    image: IMAGE,
    command: ['cubejs', 'server'],
    env: [...Object.entries(environment(settings)).map(([name, value]) => ({ name, value })), ...sources.env],
    ports: { http: PORTS.api },
    startupProbe: { ...healthy, periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: healthy,
    // `/livez` asks the sources: an instance that starts anew would not bring one back.
    livenessProbe: { tcpSocket: { port: k8s.IntOrString.fromString('http') }, periodSeconds: 20 },
    resources: { cpu, memory },
    serviceAccount: NAME,
    apiServer: false,
    priority: 'serving',
    replicas,
    mounts: [
      {
        name: CONFIGURATION,
        path: FOLDER,
        source: { configMap: { name: CONFIGURATION, items: keys } },
      },
      ...sources.mounts,
      { name: 'tmp', path: '/tmp', source: { emptyDir: {} } },
    ],
    annotations: { 'lakeport.io/configuration': checksum(JSON.stringify(data)) },
    user: USER,
    gracePeriodSeconds: GRACE + 10,
  });
}

function environment({ oidc, memory, limits }: CheckedSettings): Record<string, string> {
  const heap = Math.floor((parseQuantity(memory) * 0.75) / 2 ** 20);
  return {
    NODE_ENV: 'production',
    NODE_OPTIONS: `--max-old-space-size=${heap}`,
    HOME: '/tmp',
    PORT: String(PORTS.api),
    CUBEJS_DEV_MODE: 'false',
    CUBEJS_TELEMETRY: 'false',
    CUBEJS_GRACEFUL_SHUTDOWN: String(GRACE),
    CUBEJS_JWK_URL: oidc.jwks,
    CUBEJS_JWT_ISSUER: oidc.issuer,
    CUBEJS_JWT_AUDIENCE: oidc.audience,
    CUBEJS_JWT_ALGS: oidc.algorithms.join(','),
    CUBEJS_DEFAULT_API_SCOPES: 'meta,data',
    CUBEJS_WEB_SOCKETS: 'false',
    CUBEJS_PG_SQL_PORT: String(PORTS.sql),
    // Each instance remembers answers and queues queries by itself; there is no Cube Store.
    CUBEJS_CACHE_AND_QUEUE_DRIVER: 'memory',
    CUBEJS_EXTERNAL_DEFAULT: 'false',
    CUBEJS_REFRESH_WORKER: 'false',
    CUBEJS_DB_QUERY_DEFAULT_LIMIT: String(Math.min(limits.rows, 1_000)),
    CUBEJS_DB_QUERY_LIMIT: String(limits.rows),
    CUBEJS_DB_QUERY_TIMEOUT: `${limits.seconds}s`,
    CUBEJS_CONCURRENCY: String(limits.queries),
    CUBEJS_MAX_REQUEST_SIZE: '1mb',
    CUBEJS_LOG_LEVEL: 'warn',
  };
}
