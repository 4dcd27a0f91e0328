import type { ComponentChart } from '../../../core/chart';
import { InputError } from '../../../core/problem';
import { ExternalSecret } from '../../../imports/external-secrets';

/** The store of the site, in the whole cluster. */
export const STORE = 'lakeport';

export interface StoredSecretProps {
  readonly name: string;
  /** Default: the component's home. */
  readonly namespace?: string;
  /** Keys of the Secret; each is a property of the JSON object that the store holds. */
  readonly keys: readonly string[];
  /** Name in the store, after `lakeport` and the site. Default: the name of the Secret. */
  readonly remote?: string;
  /** Type of the Secret. Default: `Opaque`. */
  readonly type?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** The setting that asks for it, for the message where the site has no store. */
  readonly field?: string;
}

/**
 * A Secret whose values people keep in the store of the site, under `lakeport/<site>/<name>` (with dashes where the
 * store admits no slash). It follows the store: a value that is changed there is changed here.
 * @throws InputError where the site names no store
 */
export function storedSecret(chart: ComponentChart, props: StoredSecretProps): void {
  const { name, namespace = chart.home, keys, remote = name, type, labels, field } = props;
  const { secretStore: store, secretStoreOption: option } = chart.site.cloud;
  if (!store) {
    const message = `the Secret ${namespace}/${name} comes from a store of secrets, and this site names none`;
    throw new InputError([{ field: field ?? option.field, message, remedy: option.remedy }]);
  }
  chart.recorded.needs.add('secrets');
  const key = store.key('lakeport', chart.site.name, remote);
  new ExternalSecret(chart, `stored-secret-${namespace}-${name}`, {
    metadata: { name, namespace },
    spec: {
      refreshPolicy: 'Periodic',
      refreshInterval: store.refresh,
      secretStoreRef: { kind: 'ClusterSecretStore', name: STORE },
      target: {
        name,
        creationPolicy: 'Owner',
        // What is in use does not vanish because somebody renamed it in the store.
        deletionPolicy: 'Retain',
        ...(type || labels
          ? {
              template: {
                engineVersion: 'v2',
                mergePolicy: 'Merge',
                ...(type ? { type } : {}),
                ...(labels ? { metadata: { labels } } : {}),
              },
            }
          : {}),
      },
      data: keys.map((secretKey) => ({ secretKey, remoteRef: { key, property: secretKey } })),
    },
  });
}
