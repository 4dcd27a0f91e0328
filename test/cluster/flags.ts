import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { writeKubeconfig } from './kubeconfig';
import type { Authority, Identity } from './pki';

/** Everything that the programs of a control plane are told. */
export interface Setting {
  readonly folder: string;
  readonly authority: Authority;
  /** Certificate of the servers. */
  readonly serving: Identity;
  /** Signs the tokens of ServiceAccounts. */
  readonly tokens: { readonly public: string; readonly private: string };
  readonly ports: Readonly<Record<'api' | 'etcd' | 'peer' | 'controllers' | 'scheduler', number>>;
  /** Socket of the proxy by which the API server reaches pods. */
  readonly egressSocket: string;
  /** Path of kwok. */
  readonly kwok: string;
  /** Files of kwok stages beside those of its release. */
  readonly stages: readonly string[];
}

/** Requests a second that controllers may make: a test has no neighbours to protect. */
const CLIENT_LIMITS = ['--kube-api-qps=400', '--kube-api-burst=800'];

export const serverUrl = ({ ports }: Pick<Setting, 'ports'>): string => `https://127.0.0.1:${ports.api}`;

/** Arguments of each program; writes the files that they name. */
export const flagsOf = (setting: Setting) =>
  ({
    etcd: etcd(setting),
    'kube-apiserver': apiServer(setting),
    'kube-controller-manager': controllerManager(setting),
    'kube-scheduler': scheduler(setting),
    kwok: kwok(setting),
  }) satisfies Readonly<Record<string, readonly string[]>>;

const etcdUrl = ({ ports }: Setting): string => `https://127.0.0.1:${ports.etcd}`;

function etcd(setting: Setting): string[] {
  const peer = `http://127.0.0.1:${setting.ports.peer}`;
  return [
    `--data-dir=${path.join(setting.folder, 'etcd')}`,
    `--listen-client-urls=${etcdUrl(setting)}`,
    `--advertise-client-urls=${etcdUrl(setting)}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    `--cert-file=${setting.serving.cert}`,
    `--key-file=${setting.serving.key}`,
    `--trusted-ca-file=${setting.authority.cert}`,
    '--client-cert-auth',
    // Only a crash of the machine would lose data, and then nobody wants them.
    '--unsafe-no-fsync',
    // Thousands of pods are written many times before the first are forgotten; at 2 GiB it would refuse to write.
    `--quota-backend-bytes=${8 * 2 ** 30}`,
    '--log-level=warn',
  ];
}

function apiServer(setting: Setting): string[] {
  const { authority, serving, tokens, folder } = setting;
  return [
    '--bind-address=127.0.0.1',
    `--secure-port=${setting.ports.api}`,
    // There are no pods that could reach it by its Service.
    '--endpoint-reconciler-type=none',
    `--etcd-servers=${etcdUrl(setting)}`,
    `--etcd-cafile=${authority.cert}`,
    `--etcd-certfile=${serving.cert}`,
    `--etcd-keyfile=${serving.key}`,
    `--tls-cert-file=${serving.cert}`,
    `--tls-private-key-file=${serving.key}`,
    `--client-ca-file=${authority.cert}`,
    `--requestheader-client-ca-file=${authority.cert}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--authorization-mode=Node,RBAC',
    // PodSecurity, LimitRanger, ResourceQuota, ServiceAccount, Priority, DefaultStorageClass and both kinds of
    // webhooks are on by default. OpenShift asks of whoever gives an object an owner that holds it whether they may.
    '--enable-admission-plugins=NodeRestriction,OwnerReferencesPermissionEnforcement',
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${tokens.public}`,
    `--service-account-signing-key-file=${tokens.private}`,
    `--audit-policy-file=${path.join(__dirname, 'audit-policy.yaml')}`,
    `--audit-log-path=${path.join(folder, 'logs/audit.log')}`,
    `--egress-selector-config-file=${egress(setting)}`,
    '--profiling=false',
  ];
}

/** There is no network of pods: the API server reaches them by a proxy that knows which processes play them. */
function egress({ folder, egressSocket }: Setting): string {
  const connection = { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: egressSocket } } };
  const config = {
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [{ name: 'cluster', connection }],
  };
  const file = path.join(folder, 'egress.json');
  fs.writeFileSync(file, JSON.stringify(config));
  return file;
}

const controllerManager = (setting: Setting): string[] => [
  ...delegated(setting, 'kube-controller-manager', setting.ports.controllers),
  `--root-ca-file=${setting.authority.cert}`,
  `--service-account-private-key-file=${setting.tokens.private}`,
  '--use-service-account-credentials=true',
  // A node is lost when its object goes, and not because this machine was too busy for its heartbeat.
  '--node-monitor-grace-period=24h',
  ...CLIENT_LIMITS,
];

const scheduler = (setting: Setting): string[] => [
  ...delegated(setting, 'kube-scheduler', setting.ports.scheduler),
  ...CLIENT_LIMITS,
];

/** Flags of a program that asks the API server who its callers are. */
function delegated(setting: Setting, name: string, port: number): string[] {
  const kubeconfig = kubeconfigOf(setting, name, `system:${name}`);
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

function kwok(setting: Setting): string[] {
  const upstream = spawnSync(setting.kwok, ['stages'], { encoding: 'utf8' }).stdout;
  const own = [path.join(__dirname, 'stages.yaml'), ...setting.stages];
  const parallelism = {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokConfiguration',
    // What is left out counts as 0 here: with no worker for it, a pod that came before its node stays as it is.
    options: { podPlayStageParallelism: 16, nodePlayStageParallelism: 8, podsOnNodeSyncParallelism: 4 },
  };
  const stages = [JSON.stringify(parallelism), upstream, ...own.map((file) => fs.readFileSync(file, 'utf8'))];
  const config = path.join(setting.folder, 'kwok.yaml');
  fs.writeFileSync(config, stages.join('\n---\n'));
  return [
    `--kubeconfig=${kubeconfigOf(setting, 'kwok', 'lakeport:kwok', 'system:masters')}`,
    `--config=${config}`,
    '--manage-all-nodes=true',
    // No leases: kwok leaves pods alone on a node whose lease it does not hold, and those of a thousand come late.
    '--node-lease-duration-seconds=0',
    '--v=WARN',
  ];
}

function kubeconfigOf(setting: Setting, file: string, name: string, group?: string): string {
  const identity = setting.authority.issue(file, { name, ...(group ? { group } : {}) });
  const { cert } = setting.authority;
  return writeKubeconfig(
    path.join(setting.folder, `pki/${file}.kubeconfig`),
    serverUrl(setting),
    cert,
    identity,
  );
}
