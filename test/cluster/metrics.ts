import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { parseQuantity } from '../../core/quantity';
import type { Resource } from './api';
import type { Cluster } from './cluster';
import type { ServiceProxy } from './controllers/service-proxy';
import { Authority } from './pki';

/** A pod, as far as it is measured. */
export interface Measured extends Resource {
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
    }[];
  };
  readonly status?: { readonly phase?: string };
}

const VERSION = 'metrics.k8s.io/v1beta1';
const ROOT = `/apis/${VERSION}`;
const SERVICE = { namespace: 'kube-system', name: 'metrics-server' };
const PORT = 443;

/**
 * The metrics API, in place of metrics-server, which asks kubelets: every pod uses half of what it asks for. Without it
 * the controller of HorizontalPodAutoscalers says of each that it fails.
 */
export class Metrics {
  private constructor(private readonly server: https.Server) {}

  static async open(cluster: Cluster, proxy: ServiceProxy): Promise<Metrics> {
    const identity = new Authority(path.join(cluster.folder, 'metrics')).issue('metrics', {
      name: SERVICE.name,
      hosts: [`${SERVICE.name}.${SERVICE.namespace}.svc`],
    });
    const tls = { cert: fs.readFileSync(identity.cert), key: fs.readFileSync(identity.key) };
    const server = https.createServer(tls, (request, response) => {
      answer(cluster, request.url ?? '/').then(
        (body) => {
          response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
          response.end(
            JSON.stringify(body ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404 }),
          );
        },
        (error) => response.writeHead(500).end(String(error)),
      );
    });
    const socket = path.join(cluster.folder, 'metrics.sock');
    fs.rmSync(socket, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(socket, resolve);
    });
    await register(cluster);
    await proxy.lead(SERVICE, PORT, socket);
    return new Metrics(server);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Has the API server ask the Service for this API. */
async function register({ api }: Cluster): Promise<void> {
  const services = `/api/v1/namespaces/${SERVICE.namespace}`;
  await api.create(`${services}/services`, {
    metadata: { name: SERVICE.name },
    spec: { ports: [{ name: 'https', port: PORT }] },
  });
  // Nothing listens there: all goes through the proxy. Without an address the Service counts as away.
  await api.create(`/apis/discovery.k8s.io/v1/namespaces/${SERVICE.namespace}/endpointslices`, {
    metadata: { name: SERVICE.name, labels: { 'kubernetes.io/service-name': SERVICE.name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.255.255.254'], conditions: { ready: true } }],
    ports: [{ name: 'https', port: PORT, protocol: 'TCP' }],
  });
  const [group, version] = VERSION.split('/');
  await api.create('/apis/apiregistration.k8s.io/v1/apiservices', {
    metadata: { name: `${version}.${group}` },
    spec: {
      group,
      version,
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { ...SERVICE, port: PORT },
    },
  });
}

async function answer({ api }: Cluster, url: string): Promise<object | undefined> {
  const { pathname, searchParams } = new URL(url, 'https://metrics');
  if (pathname === ROOT) {
    const verbs = ['get', 'list'];
    return {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: VERSION,
      resources: [{ name: 'pods', singularName: 'pod', namespaced: true, kind: 'PodMetrics', verbs }],
    };
  }
  const [, namespace] = new RegExp(`^${ROOT}/namespaces/([^/]+)/pods$`).exec(pathname) ?? [];
  if (!namespace) return undefined;
  const selector = encodeURIComponent(searchParams.get('labelSelector') ?? '');
  const pods = await api.list<Measured>(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`);
  return metricsOf(pods, new Date());
}

/** What running pods use: half of the CPU and memory that each container asks for. */
export function metricsOf(pods: readonly Measured[], now: Date): object {
  return {
    kind: 'PodMetricsList',
    apiVersion: VERSION,
    metadata: {},
    items: pods
      .filter(({ status }) => status?.phase === 'Running')
      .map(({ metadata: { name, namespace }, spec }) => ({
        metadata: { name, namespace },
        timestamp: now.toISOString(),
        // Pods count as measured once they have been ready for as long.
        window: '1s',
        containers: spec.containers.map(({ name: container, resources }) => ({
          name: container,
          usage: {
            cpu: `${Math.round(parseQuantity(resources?.requests?.cpu ?? '0') * 500)}m`,
            memory: String(Math.round(parseQuantity(resources?.requests?.memory ?? '0') / 2)),
          },
        })),
      })),
  };
}
