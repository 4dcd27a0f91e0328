import type { k8s } from 'cdk8s-plus-27';
import type { ComponentChart, Listener, Recorded } from '../../../core/chart';
import { generatedSecret } from '../../foundation/secrets';
import { EVENTS_SECRET } from './names';

/** Where the store keeps a bucket in its file system. */
export const FOLDER = '/buckets';

/** How the store posts word of new objects: a file of its settings, and the token for it. */
export interface Posts {
  readonly file: Readonly<Record<string, string>>;
  readonly env: readonly k8s.EnvVar[];
}

/**
 * Has gateways post word of new objects to whoever listens, which the store can do to one address.
 *
 * Whoever listens comes after the store, so the token is made here and copied there.
 * @throws Error where there are two addresses
 */
export function postsOf(chart: ComponentChart, recorded: ReadonlyMap<string, Recorded>): Posts {
  const listeners = [...recorded.values()].flatMap((each) => each.listeners);
  const urls = [...new Set(listeners.map(({ url }) => url))];
  const [url, ...others] = urls;
  if (url === undefined) return { file: {}, env: [] };
  if (others.length > 0) throw new Error(`the store posts to one address, and not to ${urls.join(' and ')}`);
  const { name, key } = EVENTS_SECRET;
  generatedSecret(chart, { name, keys: { [key]: 'password' } });
  return {
    file: { 'notification.toml': settings(chart, url, listeners) },
    env: [{ name: 'WEED_NOTIFICATION_WEBHOOK_BEARER_TOKEN', valueFrom: { secretKeyRef: { name, key } } }],
  };
}

function settings({ site }: ComponentChart, url: string, listeners: readonly Listener[]): string {
  const folders = listeners.map(({ bucket, prefix }) => `${FOLDER}/${site.bucket(bucket)}/${prefix}`);
  return [
    '[notification.webhook]',
    'enabled = true',
    `endpoint = ${JSON.stringify(url)}`,
    // An object that is written anew is an update where its bucket keeps no versions, and another file where it does.
    'event_types = ["create", "update"]',
    `path_prefixes = [${[...new Set(folders)]
      .sort()
      .map((each) => JSON.stringify(each))
      .join(', ')}]`,
    // Its retries are not set: in 4.48 what fails once is put aside before they see it (test/object-store/test_word.py).
    '',
  ].join('\n');
}
