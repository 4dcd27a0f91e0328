import type { Cluster } from '../cluster';
import type { Scene } from '../proof';
import type { DistObject } from '../site';
import { readData } from './data';

/** An ExternalSecret, as far as it is played; the CRD holds the shape. */
interface Wanted {
  readonly data: readonly {
    readonly secretKey: string;
    readonly remoteRef: { readonly key: string; readonly property: string };
  }[];
  /** Where it is not made by a generator. */
  readonly secretStoreRef?: { readonly kind: string; readonly name: string };
  readonly target: { readonly name: string; readonly template?: { readonly type?: string } };
}

/** A SecretStore that reads Secrets of another namespace with an account of its own. */
interface Store {
  readonly provider: {
    readonly kubernetes?: {
      readonly remoteNamespace: string;
      readonly auth: { readonly serviceAccount: { readonly name: string } };
    };
  };
}

/** A Secret of one namespace that is copied into another. */
export interface Copy {
  readonly namespace: string;
  readonly wanted: Wanted;
  readonly from: string;
  /** In the namespace of the copy. */
  readonly account: string;
}

/** What dist has copied from one namespace to another. */
export function copiesOf(objects: readonly DistObject[]): Copy[] {
  const find = (kind: string) =>
    objects.filter(({ manifest }) => manifest.kind === kind).map(({ manifest }) => manifest);
  const stores = find('SecretStore');
  return find('ExternalSecret').flatMap(({ metadata: { namespace = '' }, spec }) => {
    const wanted = spec as unknown as Wanted;
    const { kind, name } = wanted.secretStoreRef ?? {};
    const store = stores.find(
      ({ metadata }) => kind === 'SecretStore' && metadata.namespace === namespace && metadata.name === name,
    );
    const { kubernetes } = (store?.spec as unknown as Store | undefined)?.provider ?? {};
    if (!kubernetes) return [];
    const { remoteNamespace: from, auth } = kubernetes;
    return [{ namespace, wanted, from, account: auth.serviceAccount.name }];
  });
}

/**
 * Does in place of External Secrets what it does for such a copy: it reads each Secret by its name, with a token of the
 * account that the store names (`GetSecret` in providers/v1/kubernetes/client.go), and writes the copy. What is copied is
 * made up where nothing has made it.
 * @throws ApiError where the account may not read what the copy wants
 */
export async function copySecrets({ cluster, site }: Scene): Promise<void> {
  for (const copy of copiesOf(site.objects)) {
    await makeUp(copy, cluster);
    const api = await cluster.apiOf(copy.namespace, copy.account);
    const stringData: Record<string, string> = {};
    for (const { secretKey, remoteRef } of copy.wanted.data) {
      const found = (await readData(api, 'secrets', copy.from, remoteRef.key))?.[remoteRef.property];
      if (!found) throw new Error(`Secret ${copy.from}/${remoteRef.key} has no ${remoteRef.property}`);
      stringData[secretKey] = found.toString('utf8');
    }
    const { name, template } = copy.wanted.target;
    await write(cluster, copy.namespace, name, stringData, template?.type);
  }
}

async function makeUp({ from, wanted }: Copy, cluster: Cluster): Promise<void> {
  for (const name of new Set(wanted.data.map(({ remoteRef }) => remoteRef.key))) {
    const there = (await readData(cluster.api, 'secrets', from, name)) ?? {};
    const properties = wanted.data
      .filter(({ remoteRef }) => remoteRef.key === name)
      .map(({ remoteRef }) => remoteRef.property);
    if (properties.every((property) => there[property])) continue;
    // Several copies may want different parts of one Secret; what is there stays.
    const parts = {
      ...Object.fromEntries(properties.map((property) => [property, 'made up'])),
      ...texts(there),
    };
    await write(cluster, from, name, parts);
  }
}

const texts = (data: Readonly<Record<string, Buffer>>): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value.toString('utf8')]));

const write = (
  { api }: Cluster,
  namespace: string,
  name: string,
  stringData: Readonly<Record<string, string>>,
  type?: string,
): Promise<unknown> =>
  api.apply(
    `/api/v1/namespaces/${namespace}/secrets/${name}`,
    { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData, type },
    // Of its own, so that keys which others have written stay.
    'lakeport-test-copies',
  );
