import type { Manifest } from '../../../core/manifest';
import type { Resource } from '../api';
import type { Scene } from '../proof';
import { repeat, until } from '../wait';
import {
  type ExecutorPod,
  executorsOf,
  SESSION,
  sessionImage,
  submitArguments,
  WITHOUT,
} from './client-session';
import type { PodSpec } from './container';
import { isGone } from './gone';
import { writeKeys } from './keys';
import type { Network } from './network';
import { Pod } from './pod';
import type { PySpark } from './pyspark';
import { isStream, type SparkApplication, type SparkOperator, sparkJobsOf } from './spark-operator';
import { HOLD } from './workflow-pods';

interface DriverPod extends Resource {
  readonly spec: PodSpec & { readonly nodeName?: string };
  readonly status: { readonly phase?: string };
}

/** Lets drivers of streams go on, which would end after seconds as those of other jobs do. */
export class StreamDrivers {
  private running = true;
  private readonly held = new Set<string>();
  private readonly loop: Promise<void>;

  constructor(private readonly scene: Scene) {
    this.loop = repeat(
      () => this.running,
      300,
      () => this.look(),
    );
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
  }

  private async look(): Promise<void> {
    const { cluster, site } = this.scene;
    for (const { manifest } of site.objects.filter((each) => isStream(each.manifest))) {
      const { name, namespace } = manifest.metadata;
      const pods = `/api/v1/namespaces/${namespace}/pods`;
      const query = `labelSelector=spark-role%3Ddriver%2Csparkoperator.k8s.io%2Fapp-name%3D${name}`;
      for (const { metadata } of await cluster.api.list<Resource>(`${pods}?${query}`)) {
        if (this.held.has(metadata.uid ?? '')) continue;
        await cluster.api.patch(`${pods}/${metadata.name}`, {
          metadata: { annotations: { [HOLD]: 'true' } },
        });
        this.held.add(metadata.uid ?? '');
      }
    }
  }
}

/** What is needed to run the driver of a stream. */
export interface StreamMeans {
  readonly network: Network;
  readonly spark: PySpark;
  readonly operator: SparkOperator;
}

/**
 * Follows a stream from its submission until its driver runs, starts the real Spark as that driver, with the settings
 * that spark-submit has made for it and a program that does nothing, until its executors run on nodes; then deletes the
 * job and waits until nothing is left of it.
 */
export async function followStream(
  { cluster }: Scene,
  { network, spark, operator }: StreamMeans,
  manifest: Manifest,
  timeoutMs: number,
): Promise<readonly string[]> {
  const { api } = cluster;
  const { name, namespace = '' } = manifest.metadata;
  const url = `${sparkJobsOf(namespace)}/${name}`;
  const title = `stream ${namespace}/${name}`;
  const options = { timeoutMs, everyMs: 500 };
  let job: SparkApplication | undefined;
  const driver = await operator.controller.alive(
    until(
      `a running driver of ${title}`,
      async () => {
        job = await api.get<SparkApplication>(url);
        const { applicationState, driverInfo } = job.status ?? {};
        if (applicationState?.state !== 'RUNNING' || !driverInfo?.podName) return undefined;
        const pod = await api.get<DriverPod>(`/api/v1/namespaces/${namespace}/pods/${driverInfo.podName}`);
        const isHeld = pod.metadata.annotations?.[HOLD] !== undefined;
        return pod.status.phase === 'Running' && isHeld && pod;
      },
      { ...options, state: () => JSON.stringify(job?.status) },
    ),
  );
  const wanted = instancesOf(manifest);
  const running = await startDriver(cluster, network, spark, driver);
  try {
    await running.alive(
      until(
        `${wanted} running executors of ${title}`,
        async () => {
          const pods = await executorsOf(driver, api);
          const { executorState = {} } = (await api.get<SparkApplication>(url)).status ?? {};
          const known = (pod: ExecutorPod) => executorState[pod.metadata.name] === 'RUNNING';
          return pods.filter((pod) => pod.spec.nodeName && known(pod)).length >= wanted;
        },
        { ...options, state: () => running.lastWords() },
      ),
    );
    const made = await ownedBy(cluster.api, namespace, [job?.metadata.uid, driver.metadata.uid]);
    await api.delete(url);
    const own = `/api/v1/namespaces/${namespace}/pods/${driver.metadata.name}`;
    await until(`the end of ${own}`, () => isEnding(api.get<DriverPod>(own)), options);
    // As the kubelet does then.
    await running.service.stop();
    for (const path of made) await until(`the end of ${path}`, () => isGone(api.get(path)), options);
    const kinds = ['pods', 'services', 'configmaps'].filter((kind) =>
      made.every((path) => !path.includes(`/${kind}/`)),
    );
    return kinds.map((kind) => `${title} had no ${kind} that could go with it`);
  } finally {
    await running.service.stop();
  }
}

/** How many executors a stream has all the time. */
function instancesOf({ spec }: Manifest): number {
  // The CRD holds the shape.
  const { executor } = spec as { readonly executor?: { readonly instances?: number } };
  return executor?.instances ?? 1;
}

/** The process of a driver's pod: its environment, files and account, and the settings that spark-submit wrote. */
async function startDriver(
  cluster: Scene['cluster'],
  network: Network,
  { home, python }: PySpark,
  { metadata: { name, namespace = '' }, spec }: DriverPod,
): Promise<Pod> {
  const [container] = spec.containers;
  if (!container) throw new Error(`${name} has no container`);
  await writeKeys(cluster, namespace, container.env ?? []);
  const isOurs = (mount: { readonly name: string }) => !mount.name.startsWith('kube-api-access');
  const submitted = submitArguments(
    { ...WITHOUT, 'spark.sql.extensions': '', 'spark.sql.catalog.spark_catalog': '' },
    // As the entrypoint of the image does.
    ['--properties-file', '/opt/spark/conf/spark.properties', '--deploy-mode', 'client'],
  );
  const program = {
    ...container,
    command: [python, SESSION],
    args: [],
    volumeMounts: (container.volumeMounts ?? []).filter(isOurs),
  };
  const workload = { name, namespace, pod: spec, container: program };
  return Pod.startWorkload(cluster, network, name, workload, sessionImage(home, submitted));
}

/** Paths of the objects that go when their owners go. */
async function ownedBy(
  api: Scene['cluster']['api'],
  namespace: string,
  owners: readonly (string | undefined)[],
): Promise<string[]> {
  const paths: string[] = [];
  for (const kind of ['pods', 'services', 'configmaps']) {
    const url = `/api/v1/namespaces/${namespace}/${kind}`;
    for (const { metadata } of await api.list<Resource>(url)) {
      const isOwned = metadata.ownerReferences?.some(({ uid }) => owners.includes(uid));
      if (isOwned) paths.push(`${url}/${metadata.name}`);
    }
  }
  return paths;
}

/** Whether a pod is being deleted or is gone. */
async function isEnding(answer: Promise<DriverPod>): Promise<boolean> {
  return (await isGone(answer)) || (await answer).metadata.deletionTimestamp !== undefined;
}
