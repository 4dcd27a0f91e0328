import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import type { Resource } from '../api';
import type { Cluster, Service } from '../cluster';
import { until } from '../wait';
import { type Probe, type Workload, workloadOf } from './container';
import { environmentOf, expand } from './environment';
import type { Network } from './network';
import { commandOf, type Mount, type Sandbox } from './sandbox';
import { mountsOf } from './volumes';

/** What an image holds that its process needs, taken from this machine. */
export interface Image {
  /** Command of the image, for containers that declare none. */
  readonly entrypoint: readonly string[];
  /** Files and folders of this machine, by the path at which the image has them. */
  readonly files: Readonly<Record<string, string>>;
  /** Variables that the image sets. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface PodOptions {
  /** Plural of the workload's kind. */
  readonly kind?: 'deployments' | 'statefulsets';
  readonly container?: string;
  /** Tells replicas apart. */
  readonly index?: number;
  /** Variables that only make sense for a process outside a cluster. */
  readonly env?: Readonly<Record<string, string>>;
  readonly mounts?: readonly Mount[];
  /** Changes the arguments that dist declares; each change needs a reason where it is made. */
  readonly adapt?: (args: readonly string[]) => readonly string[];
  /** Changes the files of volumes, below `volumes/<name>` of a folder, before the process sees them; likewise. */
  readonly edit?: (folder: string) => void;
}

/** A process that runs as the pod of a workload: its token, arguments, environment and volumes. */
export class Pod {
  private constructor(
    readonly name: string,
    readonly workload: Workload,
    readonly service: Service,
    /** The socket that leads to a port of the process. */
    readonly socketOf: (port: number) => string,
    private readonly launch: () => Service,
  ) {}

  /** Starts the process of a workload that the cluster has. */
  static async start(
    cluster: Cluster,
    network: Network,
    at: { readonly namespace: string; readonly name: string },
    image: Image,
    options: PodOptions = {},
  ): Promise<Pod> {
    const { kind = 'deployments', index = 0 } = options;
    const url = `/apis/apps/v1/namespaces/${at.namespace}/${kind}/${at.name}`;
    const workload = workloadOf(await cluster.api.get<Resource>(url), options.container);
    return Pod.startWorkload(cluster, network, `${at.name}-${index}`, workload, image, options);
  }

  /** Starts a process as the pod of a workload that the cluster need not have. */
  static async startWorkload(
    cluster: Cluster,
    network: Network,
    name: string,
    workload: Workload,
    image: Image,
    { env: extra, mounts = [], adapt = (args) => args, edit }: PodOptions = {},
  ): Promise<Pod> {
    const folder = path.join(cluster.folder, 'pods', name);
    // What an earlier process of the name left; a pod that is made anew finds empty folders, too.
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const env = await environmentOf(workload, name, cluster.api);
    const { container } = workload;
    if (container.securityContext?.readOnlyRootFilesystem !== true) {
      throw new Error(`${name}: only containers with a read-only root file system are run here`);
    }
    const ports = (container.ports ?? []).map(({ containerPort }) => containerPort);
    const volumes = await mountsOf(workload, cluster, folder);
    edit?.(folder);
    const sandbox: Sandbox = {
      folder,
      hostname: name,
      ...network.waysOf(name, ports),
      mounts: [...filesOf(image), ...volumes, ...mounts],
      command: [
        ...(container.command ?? image.entrypoint),
        ...adapt((container.args ?? []).map((arg) => expand(arg, env))),
      ],
      cwd: container.workingDir ?? '/',
    };
    const file = path.join(folder, 'sandbox.json');
    fs.writeFileSync(file, JSON.stringify(sandbox, null, 2));
    const launch = (): Service => {
      // Takes away the sockets of an earlier process, too.
      network.waysOf(name, ports);
      const [program = '', ...args] = commandOf(sandbox);
      return cluster.run(name, program, args, {
        env: { ...image.env, ...env, ...extra, LAKEPORT_SANDBOX: file },
      });
    };
    return new Pod(name, workload, launch(), (port) => network.socketOf(name, port), launch);
  }

  /** Starts the process anew once it has ended, as the kubelet does: in the same pod, whose volumes are kept. */
  again(): Pod {
    return new Pod(this.name, this.workload, this.launch(), this.socketOf, this.launch);
  }

  /** Waits until the readiness probe that dist declares is answered well. */
  async ready(timeoutMs = 60_000): Promise<void> {
    const probe = this.workload.container.readinessProbe;
    if (!probe) throw new Error(`${this.name} has no readiness probe`);
    await this.alive(
      until(`readiness of ${this.name}`, async () => (await this.probe(probe)) < 400, {
        timeoutMs,
        state: () => this.lastWords(),
      }),
    );
  }

  /** What is waited for, or an error with the end of the log once the process ends before. */
  alive<T>(awaited: Promise<T>): Promise<T> {
    const ended = this.service.ended.then(({ code, signal }) => {
      throw new Error(`${this.name} ended (${signal ?? code}): ${this.lastWords()}`);
    });
    // Which of them fails second is nobody's concern.
    ended.catch(() => undefined);
    awaited.catch(() => undefined);
    return Promise.race([awaited, ended]);
  }

  /** Asks a port of the process by HTTP. */
  get(
    port: number,
    url: string,
    scheme = 'HTTP',
  ): Promise<{ readonly status: number; readonly body: string }> {
    const client = scheme === 'HTTPS' ? https : http;
    const options = {
      socketPath: this.socketOf(port),
      path: url,
      timeout: 10_000,
      rejectUnauthorized: false,
    };
    return new Promise((resolve, reject) => {
      const request = client.get(options, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          body += part;
        });
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
      });
      request.once('timeout', () => request.destroy(new Error(`${this.name}:${port}${url}: no answer`)));
      request.once('error', reject);
    });
  }

  lastWords(): string {
    return fs.readFileSync(this.service.log, 'utf8').trim().split('\n').slice(-5).join('\n');
  }

  private async probe({ httpGet }: Probe): Promise<number> {
    if (!httpGet) throw new Error(`${this.name}: only HTTP probes are translated`);
    const { ports = [] } = this.workload.container;
    const port = ports.find(({ name }) => name === httpGet.port)?.containerPort ?? Number(httpGet.port);
    return (await this.get(port, httpGet.path ?? '/', httpGet.scheme)).status;
  }
}

const filesOf = ({ files }: Image): Mount[] =>
  Object.entries(files).map(([at, source]) => ({ path: at, source, readOnly: true }));
