import type { Cluster, Ending } from '../cluster';
import type { Scene } from '../proof';
import { seconds } from '../scene';
import type { Kubelet } from './kubelet';

/** Programs of the control plane that are ended, those first on which the others depend. */
const PROGRAMS = [
  'kube-apiserver',
  'etcd',
  'kube-controller-manager',
  'kube-scheduler',
] as const satisfies readonly Parameters<Cluster['restart']>[0][];

const ENDINGS = ['kill', 'stop'] as const satisfies readonly Ending[];

/** One program that ends and is started anew. */
export interface Fault {
  readonly program: string;
  readonly how: Ending;
  /** Returns when the program is back. */
  act(): Promise<void>;
}

/** Every program of the control plane and of the platform, killed and ended in order. */
export function faultsOf({ cluster }: Scene, kubelet: Kubelet): readonly Fault[] {
  return ENDINGS.flatMap((how) => [
    ...PROGRAMS.map((program) => ({ program, how, act: () => cluster.restart(program, how) })),
    ...kubelet.names.map((program) => ({ program, how, act: () => kubelet.restart(program, how) })),
  ]);
}

/** Lets faults happen, and keeps how long each program was away. */
export class Faults {
  private readonly away = new Map<string, string[]>();

  constructor(private readonly scene: Scene) {}

  async happen({ program, how, act }: Fault): Promise<void> {
    const started = Date.now();
    await act();
    const line = `${how} ${seconds(started)} s`;
    this.away.set(program, [...(this.away.get(program) ?? []), line]);
    this.scene.say(`${this.scene.site.name}: ${program}: ${line}`);
  }

  /** A line for each program, with the time from its end until it was back. */
  get figures(): string[] {
    return [...this.away].map(([program, times]) => `${program} away: ${times.join(', ')}`);
  }
}
