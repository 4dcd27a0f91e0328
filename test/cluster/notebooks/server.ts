import fs from 'node:fs';
import path from 'node:path';
import type { Resource } from '../api';
import type { Workload } from '../controllers/container';
import { writeKeys } from '../controllers/keys';
import type { Network } from '../controllers/network';
import { type Image, Pod } from '../controllers/pod';
import type { PySpark } from '../controllers/pyspark';
import type { Scene } from '../proof';
import type { NotebookPrograms } from './programs';

export interface ServerPod extends Resource {
  readonly spec: Workload['pod'] & { readonly nodeName?: string };
  readonly status?: { readonly phase?: string };
}

/** The name by which hub and proxy reach the server that is run here, in place of the address of its pod. */
export const SERVER_HOST = 'server.test';
export const SERVER_PORT = 8888;

/** Runs the program of a server as the pod that the hub has made: its environment, arguments, volumes and account. */
export async function runServer(
  { cluster }: Scene,
  network: Network,
  { bin, pyspark }: NotebookPrograms,
  { home }: PySpark,
  { metadata, spec }: ServerPod,
): Promise<Pod> {
  const { name, namespace = '', uid } = metadata;
  const [container] = spec.containers;
  if (!container) throw new Error(`${name} has no container`);
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/${spec.serviceAccountName}`;
  // A kubelet asks for one that is of this pod and says so.
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid };
  const { body } = await cluster.api.create<{ readonly status: { readonly token: string } }>(
    `${account}/token`,
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { boundObjectRef } },
  );
  await writeKeys(cluster, namespace, container.env ?? []);
  const image: Image = {
    entrypoint: [],
    files: { '/opt/spark': home },
    env: { PATH: `${bin}:${process.env.PATH}`, SPARK_HOME: '/opt/spark', SPARK_LOCAL_IP: '127.0.0.1' },
  };
  const pod = { ...spec, automountServiceAccountToken: true };
  // The token of a kubelet is a volume of the pod; here it is written where that would be mounted.
  const mounted = (container.volumeMounts ?? []).filter(
    ({ name: volume }) => !volume.startsWith('kube-api-access'),
  );
  return Pod.startWorkload(
    cluster,
    network,
    name,
    { name, namespace, pod, container: { ...container, volumeMounts: mounted } },
    image,
    {
      // The image has PySpark where Python finds it.
      env: { PYTHONPATH: `/opt/lakeport/notebook:${pyspark}` },
      // A process in a namespace of its own believes that it is root.
      adapt: (args) => [...args, '--allow-root'],
      edit(folder) {
        fs.writeFileSync(path.join(folder, 'identity/token'), body.status.token);
        withoutStore(path.join(folder, 'volumes/spark-defaults/spark-defaults.conf'));
      },
    },
  );
}

/** There is no network to fetch jars from, and no object store. */
function withoutStore(file: string): void {
  const lines = fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !/^spark\.(jars|eventLog|hadoop)/.test(line))
    .map((line) => line.replace(/^(\S+fallbackStorage\.path) .*/, '$1 file:///tmp/fallback/'));
  fs.writeFileSync(file, lines.join('\n'));
}
