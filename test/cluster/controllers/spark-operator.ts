import fs from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../../core/manifest';
import type { Resource } from '../api';
import { binary } from '../binaries';
import type { Scene } from '../proof';
import { until } from '../wait';
import { packagesOf, writePackages } from './ivy';
import type { Network } from './network';
import { type Image, Pod, type PodOptions } from './pod';
import type { PySpark } from './pyspark';
import { refusals } from './refusals';
import type { ServiceProxy } from './service-proxy';

const COMPONENT = 'spark';
const CONTROLLER = { namespace: COMPONENT, name: 'spark-operator-controller' } as const;
export const SPARK_WEBHOOK = { namespace: COMPONENT, name: 'spark-operator-webhook' } as const;

export interface SparkApplication extends Resource {
  readonly status?: {
    readonly applicationState?: { readonly state: string; readonly errorMessage?: string };
    readonly driverInfo?: { readonly podName?: string };
    /** By name of its pod. */
    readonly executorState?: Readonly<Record<string, string>>;
  };
}

/** Whether a job goes on for ever: one that its operator starts again however it has ended. */
export function isStream({ kind, spec }: Manifest): boolean {
  if (kind !== 'SparkApplication') return false;
  // The CRD holds the shape.
  const { restartPolicy } = spec as { readonly restartPolicy?: { readonly type?: string } };
  return restartPolicy?.type === 'Always';
}

/** Path of the jobs of a namespace. */
export const sparkJobsOf = (namespace: string): string =>
  `/apis/sparkoperator.k8s.io/v1beta2/namespaces/${namespace}/sparkapplications`;

/** The real Spark operator as dist deploys it: its controller with the real spark-submit, and its webhook. */
export class SparkOperator {
  private constructor(
    private readonly scene: Scene,
    readonly controller: Pod,
    readonly webhook: Pod,
  ) {}

  static async start(
    scene: Scene,
    network: Network,
    proxy: ServiceProxy,
    spark: PySpark,
  ): Promise<SparkOperator> {
    const image = await sparkImage(scene, spark);
    const webhook = await startWebhook(scene, network, proxy, image);
    const controller = await Pod.start(scene.cluster, network, CONTROLLER, image, withoutNetwork(scene));
    await controller.ready();
    return new SparkOperator(scene, controller, webhook);
  }

  /** Waits until a job has ended; returns what is wrong with it. */
  async followToEnd(namespace: string, name: string, timeoutMs: number): Promise<string[]> {
    const url = `${sparkJobsOf(namespace)}/${name}`;
    let last: SparkApplication | undefined;
    const ended = await this.controller.alive(
      until(
        `the end of SparkApplication ${namespace}/${name}`,
        async () => {
          last = await this.scene.cluster.api.get<SparkApplication>(url);
          return ['COMPLETED', 'FAILED'].includes(last.status?.applicationState?.state ?? '') && last;
        },
        { timeoutMs, everyMs: 500, state: () => JSON.stringify(last?.status) },
      ),
    );
    const { state, errorMessage } = ended.status?.applicationState ?? { state: 'unknown' };
    return state === 'COMPLETED' ? [] : [`${namespace}/${name}: ${state}: ${errorMessage}`];
  }

  /** What the roles of controller and webhook were short of. */
  refusals(): string[] {
    return [this.controller, this.webhook].flatMap(({ workload }) =>
      refusals(this.scene.cluster, workload.namespace, workload.pod.serviceAccountName ?? 'default'),
    );
  }

  async stop(): Promise<void> {
    await this.controller.service.stop();
    await this.webhook.service.stop();
  }
}

export async function sparkImage({ say }: Scene, { home }: PySpark): Promise<Image> {
  const program = await binary('spark-operator', say);
  return {
    entrypoint: ['/usr/bin/spark-operator'],
    files: { '/usr/bin/spark-operator': program, '/opt/spark': home },
    env: { SPARK_HOME: '/opt/spark' },
  };
}

export async function startWebhook(
  { cluster }: Scene,
  network: Network,
  proxy: ServiceProxy,
  image: Image,
): Promise<Pod> {
  const webhook = await Pod.start(cluster, network, SPARK_WEBHOOK, image);
  await webhook.ready();
  await proxy.serve(SPARK_WEBHOOK, webhook);
  return webhook;
}

/** Without network no jar can be fetched: what the operator submits finds those of its job, and is told of no others. */
export const withoutNetwork = ({ site }: Pick<Scene, 'site'>): PodOptions => ({
  // The user of the image has no home either; Maven's folder in that of this machine's user may hold a part.
  env: { SPARK_SUBMIT_OPTS: '-Duser.home=/nonexistent' },
  edit(folder) {
    withoutPackages(folder);
    // As `spark.jars.ivy` of the jobs of dist says.
    writePackages(path.join(folder, 'volumes/tmp/.ivy2'), packagesOf(site.objects));
  },
});

/** spark-submit would look for them before it asks for a driver. */
function withoutPackages(folder: string): void {
  const file = path.join(folder, 'volumes/defaults/spark-defaults.conf');
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  fs.writeFileSync(file, lines.filter((line) => !/^spark\.jars(\.packages)?\s/.test(line)).join('\n'));
}
