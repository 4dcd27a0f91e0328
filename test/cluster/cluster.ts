import type { Api } from './api';

/** A control plane that this harness started: API server with its etcd, scheduler, controllers, kwok. */
export interface Cluster {
  /** Everything that it writes lies here: data, certificates, logs. */
  readonly folder: string;
  /** URL of the API server, on loopback. */
  readonly server: string;
  /** PEM file of the certificate authority of the API server. */
  readonly caFile: string;
  /** Kubeconfig of an administrator. */
  readonly kubeconfig: string;
  /** What was asked of the API server and by whom: one JSON audit event a line, without bodies. */
  readonly auditLog: string;
  /**
   * Socket at which the API server asks, by HTTP CONNECT, for whatever is behind Services; nothing listens there
   * unless a proof does.
   */
  readonly egressSocket: string;
  /** Programs of the control plane by name, such as kubectl: path of the binary. */
  readonly binaries: Readonly<Record<string, string>>;
  /** As the administrator. */
  readonly api: Api;

  /** Runs kubectl as the administrator; throws with what it printed where it fails. */
  kubectl(args: readonly string[], options?: { readonly input?: string }): Promise<string>;
  /** A token of a ServiceAccount, valid for a day. */
  token(namespace: string, serviceAccount: string): Promise<string>;
  /** Writes a kubeconfig with a token of a ServiceAccount into {@link folder} and returns its path. */
  kubeconfigOf(namespace: string, serviceAccount: string): Promise<string>;
  /** As a ServiceAccount. */
  apiOf(namespace: string, serviceAccount: string): Promise<Api>;
  /**
   * Starts a program that ends with the cluster at the latest; what it prints goes to `logs/<name>.log`. Starting
   * a name anew ends the program that has it.
   */
  run(name: string, program: string, args: readonly string[], options?: RunOptions): Service;
  /**
   * Ends a program of the control plane and starts it anew; returns when the API server answers well. Requests made
   * here wait until then.
   */
  restart(
    name: 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler',
    how: Ending,
  ): Promise<void>;
  /** Settles once the API server answers well, where it is being started anew. */
  restarted(): Promise<unknown>;
  /** Ends everything that was started here, by process id. */
  stop(): Promise<void>;
}

/** In order, by SIGTERM; or as a crash does, by SIGKILL. */
export type Ending = 'stop' | 'kill';

export interface RunOptions {
  /** Replaces the environment; PATH and HOME are kept. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A program that runs beside the cluster. */
export interface Service {
  readonly name: string;
  readonly pid: number;
  /** File with all that it printed. */
  readonly log: string;
  /** Settles when the program has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** SIGTERM, and SIGKILL where it does not end within ten seconds. */
  stop(): Promise<void>;
  /** SIGKILL: as when a node dies. */
  kill(): Promise<void>;
}
