import type { Scene } from '../proof';
import { repeat } from '../wait';
import { isGone } from './gone';
import type { Network } from './network';
import type { Pod } from './pod';
import { pyspark } from './pyspark';
import type { ServiceProxy } from './service-proxy';
import { SPARK_WEBHOOK, sparkImage, startWebhook } from './spark-operator';

/**
 * Runs the webhooks of ours as soon as the cluster has their Deployments, as a kubelet would: kwok's pods are ready
 * and answer nothing.
 */
export class Webhooks {
  private running = true;
  private readonly pods: Pod[] = [];
  private readonly loop: Promise<void>;

  constructor(
    private readonly scene: Scene,
    private readonly network: Network,
    private readonly proxy: ServiceProxy,
  ) {
    this.loop = repeat(
      () => this.running,
      1_000,
      () => this.look(),
    );
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
    for (const pod of this.pods) await pod.service.stop();
  }

  private async look(): Promise<void> {
    const { cluster, say } = this.scene;
    const { namespace, name } = SPARK_WEBHOOK;
    if (this.pods.length > 0) return;
    if (await isGone(cluster.api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`))) return;
    try {
      const image = await sparkImage(this.scene, await pyspark(say));
      this.pods.push(await startWebhook(this.scene, this.network, this.proxy, image));
    } catch (error) {
      // Its Role or its Service may come a moment later.
      say(`${name} is started once more: ${String(error).split('\n', 1)[0]}`);
    }
  }
}
