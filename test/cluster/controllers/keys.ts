import type { Cluster } from '../cluster';
import type { Variable } from './container';

/** Writes the keys of the object store that variables name, as whoever runs it hands them out; there is none here. */
export async function writeKeys(
  { api }: Cluster,
  namespace: string,
  env: readonly Variable[],
): Promise<void> {
  const keys = new Map<string, string[]>();
  for (const { valueFrom } of env) {
    const { name, key } = valueFrom?.secretKeyRef ?? {};
    if (name && key) keys.set(name, [...(keys.get(name) ?? []), key]);
  }
  for (const [name, wanted] of keys) {
    const stringData = Object.fromEntries(wanted.map((key) => [key, 'test']));
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData };
    await api.apply(`/api/v1/namespaces/${namespace}/secrets/${name}`, secret, 'lakeport-test');
  }
}
