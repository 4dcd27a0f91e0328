import fs from 'node:fs';
import path from 'node:path';
import { Api } from './api';
import { binaries, type Say } from './binaries';
import type { Cluster, Ending, RunOptions, Service } from './cluster';
import { flagsOf, serverUrl } from './flags';
import { claimFolder, dropFolder } from './folders';
import { isHealthy } from './health';
import { writeKubeconfig } from './kubeconfig';
import { endWithProcess } from './lifetime';
import { Authority } from './pki';
import { freePorts } from './ports';
import { Services } from './services';
import { run } from './shell';
import { diskFull, isFull } from './system-error';
import { until } from './wait';

export const PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
] as const;

export interface StartOptions {
  readonly say: Say;
  /** Of the folder in the cache; a name of its own by default. */
  readonly name?: string;
  /** Files of further kwok stages. */
  readonly stages?: readonly string[];
  /** What an earlier API server kept, as {@link ControlPlane.saveData} copied it. */
  readonly data?: string | undefined;
}

/**
 * Starts a control plane in a new folder of the cache, and returns when it is ready.
 * @throws InputError where programs are missing; Error with the end of its log where one does not start
 */
export async function startControlPlane({
  say,
  name,
  stages = [],
  data,
}: StartOptions): Promise<ControlPlane> {
  const programs = await binaries(PROGRAMS, say);
  const folder = await claimFolder(name);
  // Another program may take a port between the moment it was found free and the moment it is used.
  for (let attempt = 1; ; attempt++) {
    const plane = new ControlPlane(folder, programs, stages, await freePorts(5));
    try {
      if (data) fs.cpSync(data, path.join(folder, 'etcd'), { recursive: true });
      await plane.start();
      return plane;
    } catch (error) {
      await plane.endPrograms();
      if (isFull(folder)) {
        dropFolder(folder);
        throw diskFull();
      }
      const taken = error instanceof Error && /address already in use/.test(error.message);
      if (taken && attempt < 3) {
        say('a port was taken in the meantime: trying others');
        for (const each of ['etcd', 'logs'])
          fs.rmSync(path.join(folder, each), { recursive: true, force: true });
        continue;
      }
      if (!taken) say(`logs are kept in ${path.join(folder, 'logs')}`);
      throw error;
    }
  }
}

type ProgramName = (typeof PROGRAMS)[number];
type Binaries = Readonly<Record<ProgramName, string>>;

export class ControlPlane implements Cluster {
  readonly server: string;
  readonly caFile: string;
  readonly kubeconfig: string;
  readonly auditLog: string;
  readonly egressSocket: string;
  readonly api: Api;
  /** Of programs that tell whether they are well. */
  private readonly ports: Readonly<Record<string, number>>;
  private readonly admin: { readonly cert: string; readonly key: string };
  private readonly services: Services;
  private readonly flags: ReturnType<typeof flagsOf>;
  private restarting: Promise<unknown> = Promise.resolve();
  private readonly apis: Api[] = [];
  private readonly forget: () => void;

  constructor(
    readonly folder: string,
    readonly binaries: Binaries,
    stages: readonly string[],
    [api = 0, etcd = 0, peer = 0, controllers = 0, scheduler = 0]: readonly number[],
  ) {
    const ports = { api, etcd, peer, controllers, scheduler };
    this.ports = { 'kube-controller-manager': controllers, 'kube-scheduler': scheduler };
    this.server = serverUrl({ ports });
    this.services = new Services(folder);
    this.auditLog = path.join(folder, 'logs/audit.log');
    this.egressSocket = path.join(folder, 'egress.sock');
    const authority = new Authority(path.join(folder, 'pki'));
    this.caFile = authority.cert;
    const hosts = ['127.0.0.1', 'localhost', 'kubernetes', 'kubernetes.default.svc'];
    const serving = authority.issue('server', { name: 'kube-apiserver', hosts });
    const tokens = authority.tokenKeys();
    const { egressSocket } = this;
    this.flags = flagsOf({
      folder,
      authority,
      serving,
      tokens,
      ports,
      egressSocket,
      kwok: binaries.kwok,
      stages,
    });
    const admin = authority.issue('admin', { name: 'lakeport:admin', group: 'system:masters' });
    this.kubeconfig = writeKubeconfig(path.join(folder, 'kubeconfig'), this.server, this.caFile, admin);
    this.admin = { cert: read(admin.cert), key: read(admin.key) };
    this.api = this.connect(this.admin);
    this.forget = endWithProcess(this);
  }

  async start(): Promise<void> {
    await this.startStore();
    this.startProgram('kube-controller-manager');
    this.startProgram('kube-scheduler');
    this.startProgram('kwok');
    // The controller manager runs when it has made this; pods without it are refused.
    await this.ready(['kube-controller-manager', 'kube-scheduler', 'kwok'], () =>
      this.api.get('/api/v1/namespaces/default/serviceaccounts/default'),
    );
  }

  private async startStore(): Promise<void> {
    this.startProgram('etcd');
    this.startProgram('kube-apiserver');
    await this.ready(['etcd', 'kube-apiserver'], () => this.api.get<string>('/readyz'));
  }

  /** Starts a program of the control plane, which must not run. */
  startProgram(name: Exclude<ProgramName, 'kubectl'>): Service {
    return this.run(name, this.binaries[name], this.flags[name]);
  }

  /** A program that runs here, by the name that it was started by. */
  service(name: string): Service {
    return this.services.find(name);
  }

  /** Copies everything that the API server keeps to a folder; the store stands still meanwhile. */
  async saveData(folder: string): Promise<void> {
    await this.service('etcd').stop();
    fs.cpSync(path.join(this.folder, 'etcd'), folder, { recursive: true });
    this.startProgram('etcd');
    await this.ready(['etcd', 'kube-apiserver'], () => this.api.get<string>('/readyz'));
  }

  async restart(name: Exclude<ProgramName, 'kubectl'>, how: Ending): Promise<void> {
    const waiting = [...this.apis];
    const probe = this.connect(this.admin);
    const restarted = (async () => {
      await this.service(name)[how]();
      this.startProgram(name);
      const port = this.ports[name];
      await this.ready(['etcd', 'kube-apiserver', name], async () => {
        const answer = await probe.get<string>('/readyz');
        if (port && !(await isHealthy(port))) throw new Error(`${name} does not answer`);
        return answer;
      });
    })();
    this.restarting = restarted.catch(() => undefined);
    for (const api of waiting) api.waitFor(restarted);
    await restarted;
  }

  restarted(): Promise<unknown> {
    return this.restarting;
  }

  run(name: string, program: string, args: readonly string[], options?: RunOptions): Service {
    return this.services.run(name, program, args, options);
  }

  kubectl(args: readonly string[], options: { readonly input?: string } = {}): Promise<string> {
    const env = { ...process.env, KUBECONFIG: this.kubeconfig };
    return run(this.binaries.kubectl, args, { ...options, env });
  }

  async token(namespace: string, serviceAccount: string): Promise<string> {
    const { body } = await this.api.create<{ readonly status: { readonly token: string } }>(
      `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`,
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 24 * 60 * 60 },
      },
    );
    return body.status.token;
  }

  async kubeconfigOf(namespace: string, serviceAccount: string): Promise<string> {
    const token = await this.token(namespace, serviceAccount);
    const file = path.join(this.folder, `${namespace}.${serviceAccount}.kubeconfig`);
    return writeKubeconfig(file, this.server, this.caFile, { token });
  }

  async apiOf(namespace: string, serviceAccount: string): Promise<Api> {
    return this.connect({ token: await this.token(namespace, serviceAccount) });
  }

  async stop(): Promise<void> {
    await this.endPrograms();
    dropFolder(this.folder);
  }

  /** Ends the programs and keeps their logs. */
  async endPrograms(): Promise<void> {
    for (const api of this.apis) api.close();
    this.forget();
    await this.services.stop();
  }

  private connect(credentials: { cert: string; key: string } | { token: string }): Api {
    const api = new Api({ server: this.server, ca: read(this.caFile), ...credentials });
    this.apis.push(api);
    return api;
  }

  /** Waits for an answer while some programs run; one that ends is told with the end of its log. */
  async ready(names: readonly string[], ask: () => Promise<unknown>): Promise<void> {
    let isOver = false;
    const answer = until(
      `the start of ${names.join(', ')}`,
      async () => isOver || (await ask()) !== undefined,
      { timeoutMs: 120_000, everyMs: 100 },
    );
    try {
      await Promise.race([answer, this.services.failureOf(names)]);
    } finally {
      isOver = true;
    }
  }
}

const read = (file: string): string => fs.readFileSync(file, 'utf8');
