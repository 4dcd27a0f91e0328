import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Api } from './api';
import { binaries, type Say } from './binaries';
import type { Cluster, RunOptions, Service } from './cluster';
import { claimFolder, dropFolder } from './folders';
import { writeKubeconfig } from './kubeconfig';
import { endWithProcess } from './lifetime';
import { Authority, type Identity } from './pki';
import { freePorts } from './ports';
import { Services } from './services';
import { run } from './shell';
import { until } from './wait';

export const PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
] as const;

/** Requests a second that controllers may make: a test has no neighbours to protect. */
const CLIENT_LIMITS = ['--kube-api-qps=400', '--kube-api-burst=800'];

export interface StartOptions {
  readonly say: Say;
  /** Of the folder in the cache; a name of its own by default. */
  readonly name?: string;
  /** Files of further kwok stages. */
  readonly stages?: readonly string[];
}

/**
 * Starts a control plane in a new folder of the cache, and returns when it is ready.
 * @throws InputError where programs are missing; Error with the end of its log where one does not start
 */
export async function startControlPlane({ say, name, stages = [] }: StartOptions): Promise<ControlPlane> {
  const programs = await binaries(PROGRAMS, say);
  const folder = await claimFolder(name);
  // Another program may take a port between the moment it was found free and the moment it is used.
  for (let attempt = 1; ; attempt++) {
    const plane = new ControlPlane(folder, programs, stages, await freePorts(5));
    try {
      await plane.start();
      return plane;
    } catch (error) {
      await plane.endPrograms();
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

type Binaries = Readonly<Record<(typeof PROGRAMS)[number], string>>;

export class ControlPlane implements Cluster {
  readonly server: string;
  readonly caFile: string;
  readonly kubeconfig: string;
  readonly auditLog: string;
  readonly egressSocket: string;
  readonly api: Api;
  private readonly services: Services;
  private readonly authority: Authority;
  private readonly tokens: { readonly public: string; readonly private: string };
  private readonly apis: Api[] = [];
  private readonly serving: Identity;
  private readonly etcdUrl: string;
  private readonly forget: () => void;

  constructor(
    readonly folder: string,
    readonly binaries: Binaries,
    private readonly stages: readonly string[],
    private readonly ports: readonly number[],
  ) {
    this.server = `https://127.0.0.1:${ports[0]}`;
    this.etcdUrl = `https://127.0.0.1:${ports[1]}`;
    this.services = new Services(folder);
    this.authority = new Authority(path.join(folder, 'pki'));
    this.tokens = this.authority.tokenKeys();
    this.caFile = this.authority.cert;
    this.auditLog = path.join(folder, 'logs/audit.log');
    this.egressSocket = path.join(folder, 'egress.sock');
    const hosts = ['127.0.0.1', 'localhost', 'kubernetes', 'kubernetes.default.svc'];
    this.serving = this.authority.issue('server', { name: 'kube-apiserver', hosts });
    const admin = this.authority.issue('admin', { name: 'lakeport:admin', group: 'system:masters' });
    this.kubeconfig = writeKubeconfig(path.join(folder, 'kubeconfig'), this.server, this.caFile, admin);
    this.api = this.connect({ cert: read(admin.cert), key: read(admin.key) });
    this.forget = endWithProcess(this);
  }

  async start(): Promise<void> {
    this.startEtcd();
    this.startApiServer();
    await this.ready(['etcd', 'kube-apiserver'], () => this.api.get<string>('/readyz'));
    this.startControllerManager();
    this.startScheduler();
    this.startKwok();
    // The controller manager runs when it has made this; pods without it are refused.
    await this.ready(['kube-controller-manager', 'kube-scheduler', 'kwok'], () =>
      this.api.get('/api/v1/namespaces/default/serviceaccounts/default'),
    );
  }

  startEtcd(): Service {
    const peer = this.ports[2];
    const { cert, key } = this.serving;
    return this.run('etcd', this.binaries.etcd, [
      `--data-dir=${path.join(this.folder, 'etcd')}`,
      `--listen-client-urls=${this.etcdUrl}`,
      `--advertise-client-urls=${this.etcdUrl}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
      `--cert-file=${cert}`,
      `--key-file=${key}`,
      `--trusted-ca-file=${this.caFile}`,
      '--client-cert-auth',
      // Only a crash of the machine would lose data, and then nobody wants them.
      '--unsafe-no-fsync',
      '--log-level=warn',
    ]);
  }

  startApiServer(): Service {
    const { cert, key } = this.serving;
    return this.run('kube-apiserver', this.binaries['kube-apiserver'], [
      '--bind-address=127.0.0.1',
      `--secure-port=${this.ports[0]}`,
      // There are no pods that could reach it by its Service.
      '--endpoint-reconciler-type=none',
      `--etcd-servers=${this.etcdUrl}`,
      `--etcd-cafile=${this.caFile}`,
      `--etcd-certfile=${cert}`,
      `--etcd-keyfile=${key}`,
      `--tls-cert-file=${cert}`,
      `--tls-private-key-file=${key}`,
      `--client-ca-file=${this.caFile}`,
      '--authorization-mode=Node,RBAC',
      // PodSecurity, LimitRanger, ResourceQuota, ServiceAccount, Priority, DefaultStorageClass and both kinds of
      // webhooks are on by default.
      '--enable-admission-plugins=NodeRestriction',
      '--allow-privileged=true',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${this.tokens.public}`,
      `--service-account-signing-key-file=${this.tokens.private}`,
      `--audit-policy-file=${path.join(__dirname, 'audit-policy.yaml')}`,
      `--audit-log-path=${this.auditLog}`,
      `--egress-selector-config-file=${this.writeEgress()}`,
      '--profiling=false',
    ]);
  }

  /** There is no network of pods: the API server reaches them by a proxy that knows which processes play them. */
  private writeEgress(): string {
    const file = path.join(this.folder, 'egress.json');
    const connection = {
      proxyProtocol: 'HTTPConnect',
      transport: { uds: { udsName: this.egressSocket } },
    };
    const config = {
      apiVersion: 'apiserver.k8s.io/v1beta1',
      kind: 'EgressSelectorConfiguration',
      egressSelections: [{ name: 'cluster', connection }],
    };
    fs.writeFileSync(file, JSON.stringify(config));
    return file;
  }

  startControllerManager(): Service {
    const kubeconfig = this.kubeconfigFor('kube-controller-manager', 'system:kube-controller-manager');
    return this.run('kube-controller-manager', this.binaries['kube-controller-manager'], [
      ...this.delegated(kubeconfig, this.ports[3]),
      `--root-ca-file=${this.caFile}`,
      `--service-account-private-key-file=${this.tokens.private}`,
      '--use-service-account-credentials=true',
      ...CLIENT_LIMITS,
    ]);
  }

  startScheduler(): Service {
    const kubeconfig = this.kubeconfigFor('kube-scheduler', 'system:kube-scheduler');
    return this.run('kube-scheduler', this.binaries['kube-scheduler'], [
      ...this.delegated(kubeconfig, this.ports[4]),
      ...CLIENT_LIMITS,
    ]);
  }

  startKwok(): Service {
    const upstream = spawnSync(this.binaries.kwok, ['stages'], { encoding: 'utf8' }).stdout;
    const own = [path.join(__dirname, 'stages.yaml'), ...this.stages].map(read);
    const config = path.join(this.folder, 'kwok.yaml');
    fs.writeFileSync(config, [upstream, ...own].join('\n---\n'));
    const kubeconfig = this.kubeconfigFor('kwok', 'lakeport:kwok', 'system:masters');
    return this.run('kwok', this.binaries.kwok, [
      `--kubeconfig=${kubeconfig}`,
      `--config=${config}`,
      '--manage-all-nodes=true',
      '--node-lease-duration-seconds=40',
    ]);
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

  private kubeconfigFor(file: string, name: string, group?: string): string {
    const identity = this.authority.issue(file, { name, ...(group ? { group } : {}) });
    return writeKubeconfig(
      path.join(this.folder, `pki/${file}.kubeconfig`),
      this.server,
      this.caFile,
      identity,
    );
  }

  private delegated(kubeconfig: string, port: number | undefined): string[] {
    return [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      '--leader-elect=false',
      '--profiling=false',
    ];
  }

  /** Waits for an answer while some programs run; one that ends is told with the end of its log. */
  async ready(names: readonly string[], ask: () => Promise<unknown>): Promise<void> {
    const answer = until(`the start of ${names.join(', ')}`, async () => (await ask()) !== undefined, {
      timeoutMs: 120_000,
      everyMs: 100,
    });
    await Promise.race([answer, this.services.failureOf(names)]);
  }
}

const read = (file: string): string => fs.readFileSync(file, 'utf8');
