import fs from 'node:fs';
import path from 'node:path';
import type { Cluster } from '../cluster';
import type { Keys, Source, Volume, Workload } from './container';
import { readData } from './data';
import type { Mount } from './sandbox';

/** Where every in-cluster client looks for who it is. */
const IDENTITY = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Puts the volumes of a container into a folder, as the cluster has them at this moment. */
export async function mountsOf(workload: Workload, cluster: Cluster, folder: string): Promise<Mount[]> {
  const { pod, container } = workload;
  const mounts: Mount[] = [];
  if (pod.automountServiceAccountToken !== false) {
    const source = await writeIdentity(workload, cluster, path.join(folder, 'identity'));
    mounts.push({ path: IDENTITY, source, readOnly: true });
  }
  for (const { name, mountPath, subPath, readOnly } of container.volumeMounts ?? []) {
    const volume = pod.volumes?.find((each) => each.name === name);
    if (!volume) throw new Error(`${workload.name}: there is no volume ${name}`);
    const source = path.join(folder, 'volumes', name);
    await fill(volume, workload, cluster, source);
    const part = subPath ? path.join(source, subPath) : source;
    const isWritable = volume.emptyDir !== undefined || volume.persistentVolumeClaim !== undefined;
    if (isWritable) fs.mkdirSync(part, { recursive: true });
    mounts.push({ path: mountPath, source: part, readOnly: readOnly === true || !isWritable });
  }
  // A volume within another is mounted after it.
  return mounts.sort((a, b) => a.path.length - b.path.length);
}

async function writeIdentity(
  { namespace, pod }: Workload,
  cluster: Cluster,
  folder: string,
): Promise<string> {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const token = await cluster.token(namespace, pod.serviceAccountName ?? 'default');
  const files = { token, namespace, 'ca.crt': fs.readFileSync(cluster.caFile, 'utf8') };
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
  return folder;
}

async function fill(volume: Volume, workload: Workload, cluster: Cluster, folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const { name, emptyDir, persistentVolumeClaim, configMap, secret, projected } = volume;
  if (emptyDir || persistentVolumeClaim) return;
  const sources: readonly Source[] | undefined = configMap
    ? [{ configMap }]
    : secret
      ? [{ secret: { ...secret, name: secret.secretName } }]
      : projected?.sources;
  if (!sources) throw new Error(`${workload.name}: volume ${name} is of a kind that is not translated`);
  for (const source of sources) await project(source, workload, cluster, folder);
}

async function project(
  { serviceAccountToken, configMap, secret }: Source,
  { namespace, pod }: Workload,
  { api }: Cluster,
  folder: string,
): Promise<void> {
  if (serviceAccountToken) {
    const { path: file, audience, expirationSeconds } = serviceAccountToken;
    const account = `/api/v1/namespaces/${namespace}/serviceaccounts/${pod.serviceAccountName ?? 'default'}`;
    const spec = {
      ...(audience ? { audiences: [audience] } : {}),
      ...(expirationSeconds ? { expirationSeconds } : {}),
    };
    const { body } = await api.create<{ readonly status: { readonly token: string } }>(`${account}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec,
    });
    fs.writeFileSync(path.join(folder, file), body.status.token);
  }
  if (configMap) writeKeys(folder, configMap, await readData(api, 'configmaps', namespace, configMap.name));
  if (secret) writeKeys(folder, secret, await readData(api, 'secrets', namespace, secret.name));
}

function writeKeys(
  folder: string,
  { name, optional, items }: Keys & { readonly name: string },
  data: Readonly<Record<string, Buffer>> | undefined,
): void {
  if (!data) {
    if (optional) return;
    throw new Error(`a volume needs ${name}, which the cluster does not have`);
  }
  for (const { key, path: file } of items ?? Object.keys(data).map((key) => ({ key, path: key }))) {
    const bytes = data[key];
    if (!bytes && optional) continue;
    if (!bytes) throw new Error(`a volume needs ${key} of ${name}, which does not have it`);
    const target = path.join(folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, bytes);
  }
}
