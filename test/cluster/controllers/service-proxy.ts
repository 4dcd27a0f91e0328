import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { Resource } from '../api';
import type { Cluster } from '../cluster';
import type { Pod } from './pod';

interface Service extends Resource {
  readonly spec: {
    readonly clusterIP: string;
    readonly ports: readonly { readonly port: number; readonly targetPort: number | string }[];
  };
}

export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * What lies behind Services for the API server, which asks here by HTTP CONNECT where it would else open a connection
 * into the cluster: to a webhook, above all.
 */
export class ServiceProxy {
  /** Socket by address and port of a Service. */
  private readonly routes = new Map<string, string>();
  private readonly server = http.createServer();

  private constructor(private readonly cluster: Cluster) {
    this.server.on('connect', (request, near: Duplex) => {
      const socket = this.routes.get(request.url ?? '');
      if (!socket) {
        near.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
        return;
      }
      const far = net.connect({ path: socket });
      far.once('connect', () => near.write('HTTP/1.1 200 Connection established\r\n\r\n'));
      near.pipe(far);
      far.pipe(near);
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
    });
  }

  static async open(cluster: Cluster): Promise<ServiceProxy> {
    const proxy = new ServiceProxy(cluster);
    fs.rmSync(cluster.egressSocket, { force: true });
    await new Promise<void>((resolve, reject) => {
      proxy.server.once('error', reject).listen(cluster.egressSocket, resolve);
    });
    return proxy;
  }

  /** Lets a process answer for a Service. */
  async serve(service: ServiceName, pod: Pod): Promise<void> {
    const path = `/api/v1/namespaces/${service.namespace}/services/${service.name}`;
    const { spec } = await this.cluster.api.get<Service>(path);
    const { ports = [] } = pod.workload.container;
    for (const { port, targetPort } of spec.ports) {
      const target = ports.find(({ name }) => name === targetPort)?.containerPort ?? Number(targetPort);
      this.routes.set(`${spec.clusterIP}:${port}`, pod.socketOf(target));
    }
  }

  /** Lets a socket answer for a port of a Service. */
  async lead({ namespace, name }: ServiceName, port: number, socket: string): Promise<void> {
    const { spec } = await this.cluster.api.get<Service>(`/api/v1/namespaces/${namespace}/services/${name}`);
    this.routes.set(`${spec.clusterIP}:${port}`, socket);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
