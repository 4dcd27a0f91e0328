import { ApiError, type Resource } from '../api';
import type { Ending } from '../cluster';
import type { Network } from '../controllers/network';
import { type Image, Pod, type PodOptions } from '../controllers/pod';
import type { ServiceProxy } from '../controllers/service-proxy';
import type { Scene } from '../proof';
import { repeat, until } from '../wait';

/** How long a program may take until it answers its readiness probe, on a busy machine and without its neighbours. */
const READY_MS = 180_000;

/** A program of dist that is run once the cluster has its Deployment. */
export interface Program {
  readonly namespace: string;
  /** Of the Deployment. */
  readonly name: string;
  readonly image: Image;
  readonly options?: PodOptions;
  /** Service of the same namespace that it answers for, where the API server asks it. */
  readonly service?: string;
}

/**
 * Does for processes what the kubelet does for containers: starts those of Deployments when they come, as many as
 * there are replicas, and each one anew in its pod when it has ended.
 */
export class Kubelet {
  private readonly pods = new Map<string, { readonly pod: Pod; readonly program?: Program }>();
  private readonly started = new Set<Program>();
  private running = true;
  private readonly loop: Promise<void>;

  constructor(
    private readonly scene: Scene,
    private readonly network: Network,
    private readonly proxy: ServiceProxy,
    private readonly programs: readonly Program[],
  ) {
    this.loop = repeat(
      () => this.running,
      1_000,
      () => this.look(),
    );
  }

  /** Takes over processes that run already. */
  keep(pods: readonly Pod[]): void {
    for (const pod of pods) this.pods.set(pod.name, { pod });
  }

  /** Names of the pods whose processes it keeps. */
  get names(): readonly string[] {
    return [...this.pods.keys()];
  }

  /** Waits until all programs run. */
  async ready(): Promise<void> {
    await until('the start of all programs', async () => this.started.size === this.programs.length, {
      timeoutMs: 2 * READY_MS,
    });
  }

  /** Ends the process of a pod and starts it anew; returns when it is ready, where it can tell. */
  async restart(name: string, how: Ending): Promise<void> {
    const kept = this.pods.get(name);
    if (!kept) throw new Error(`no process plays the pod ${name}`);
    const { pod, program } = kept;
    await pod.service[how]();
    // A Service leads to pods that are ready only.
    const [other] = [...this.pods.values()].filter((each) => each.program === program && each.pod !== pod);
    if (program && other) await this.serve(program, other.pod);
    const next = pod.again();
    this.pods.set(name, { ...kept, pod: next });
    if (next.workload.container.readinessProbe) await next.ready(READY_MS);
    if (program) await this.serve(program, next);
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
    for (const { pod } of [...this.pods.values()].reverse()) await pod.service.stop();
  }

  private async look(): Promise<void> {
    for (const program of this.programs) {
      const replicas = this.started.has(program) ? 0 : await this.replicasOf(program);
      try {
        for (let index = 0; index < replicas; index++) await this.start(program, index);
        if (replicas > 0) this.started.add(program);
      } catch (error) {
        // Its Role or its Service may come a moment later.
        this.scene.say(`${program.name} is started once more: ${String(error).split('\n', 1)[0]}`);
      }
    }
  }

  private async start(program: Program, index: number): Promise<void> {
    if (this.pods.has(`${program.name}-${index}`)) return;
    const { cluster } = this.scene;
    const options = { ...program.options, index };
    const pod = await Pod.start(cluster, this.network, program, program.image, options);
    try {
      await pod.ready(READY_MS);
      await this.serve(program, pod);
      this.pods.set(pod.name, { pod, program });
    } catch (error) {
      await pod.service.stop();
      throw error;
    }
  }

  private async serve({ namespace, service }: Program, pod: Pod): Promise<void> {
    if (service) await this.proxy.serve({ namespace, name: service }, pod);
  }

  /** How many pods its Deployment asks for; 0 where there is none yet. */
  private async replicasOf({ namespace, name }: Program): Promise<number> {
    try {
      const url = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
      return (await this.scene.cluster.api.get<Deployment>(url)).spec.replicas;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return 0;
      throw error;
    }
  }
}

interface Deployment extends Resource {
  readonly spec: { readonly replicas: number };
}
