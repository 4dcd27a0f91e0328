import type { Scene } from '../proof';
import { type Pod, roleOf } from '../proofs/placed';
import { repeat } from '../wait';
import { servedNamespaces } from './argo-workflows';

/**
 * Keeps every pod that is seen on a node where teams or workflows have theirs, also those that are gone a moment later.
 */
export class JobPods {
  private readonly seen = new Map<string, Pod>();
  private running = true;
  private readonly loop: Promise<void>;

  constructor(private readonly scene: Scene) {
    this.loop = repeat(
      () => this.running,
      1_000,
      () => this.look(),
    );
  }

  /** All of them; watches no longer. */
  async stop(): Promise<readonly Pod[]> {
    this.running = false;
    await this.loop;
    return [...this.seen.values()];
  }

  private async look(): Promise<void> {
    const { cluster, site } = this.scene;
    const teams = site.synthesis.model.site.teams.map(({ namespace }) => namespace);
    for (const namespace of new Set([...teams, ...servedNamespaces(site.objects)])) {
      for (const pod of await cluster.api.list<Pod>(`/api/v1/namespaces/${namespace}/pods`)) {
        if (pod.spec.nodeName) this.seen.set(pod.metadata.uid ?? '', pod);
      }
    }
  }
}

/** How many pods of each role were on regular and on spot nodes, a line each. */
export function countPods({ site, nodes }: Scene, pods: readonly Pod[]): string[] {
  const capacities = new Map(nodes.map(({ name, capacity }) => [name, capacity]));
  const counts = new Map<string, number>();
  for (const pod of pods) {
    const component = pod.metadata.labels?.['app.kubernetes.io/name'] ?? 'pods';
    const capacity = capacities.get(pod.spec.nodeName ?? '') ?? 'unknown';
    const key = `${component} ${roleOf(pod) ?? ''} pods on ${capacity} nodes`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort().map(([key, count]) => `${site.name}: ${count} ${key}`);
}
