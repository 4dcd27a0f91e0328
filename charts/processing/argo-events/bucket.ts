import type { ComponentChart } from '../../../core/chart';
import { addressOf } from '../../../core/endpoint';
import { InputError, type Problem } from '../../../core/problem';
import { serviceAccount } from '../../../core/rbac';
import { service } from '../../../core/service';
import { EventSource } from '../../../imports/argo-events';
import { copiedSecret } from '../../foundation/secrets';
import { EVENTS_SECRET } from '../../storage/object-store';
import { objectStoreEvents } from './endpoints';
import { common, type Event, safe } from './event';
import { AFTER_BUS, PORTS, SOURCES, tokenOf } from './names';
import { notificationOf, sourceOf } from './notification';
import type { Settings } from './settings';
import { budget, program } from './template';
import { LISTENED, POSTED_TO, writeToken } from './webhook';

const NAME = SOURCES.buckets;

/** The sender whose token the object store shows, where it posts. */
const STORE = 'object-store';

/** The event that everything is that a store posts, and the path to which it does. */
const POSTED = 'objects';
const POSTED_AT = `/${POSTED}`;

/**
 * New objects, told by the cloud.
 * @throws InputError for a bucket without a queue where the cloud has queues, and for one with a queue where it has none
 */
export function writeBuckets(chart: ComponentChart, { buckets }: Settings): readonly Event[] {
  if (buckets.length === 0) return [];
  const { site } = chart;
  const { notifications } = site.cloud;
  const isPosted = notifications.kind === 'post';
  const problems = buckets.flatMap(({ queue }, index) =>
    queueProblem(isPosted, queue, `buckets[${index}].queue`),
  );
  if (problems.length > 0) throw new InputError(problems);
  const sources = buckets.map((each, index) => {
    const { filters, identity, told } = notificationOf(notifications, site.bucket(each.bucket), each.prefix);
    const fields = common(site, 'buckets', `buckets[${index}]`, each);
    const event: Event = {
      ...fields,
      // A store posts everything to one address; whose it is, sensors find in what it posts.
      ...(isPosted ? { event: POSTED } : {}),
      filters,
      identity: { of: 'data', expression: identity },
      told: { of: 'data', expression: safe(told) },
    };
    return { event, from: sourceOf(notifications, each.queue ?? '', POSTED_AT, STORE) };
  });
  const [first] = sources;
  new EventSource(chart, NAME, {
    metadata: { name: NAME, namespace: chart.home, annotations: AFTER_BUS },
    spec: {
      ...(isPosted ? postedTo(chart, buckets) : fromQueue(chart)),
      // One cloud has one kind of them.
      ...(first
        ? {
            [first.from.kind]: Object.fromEntries(sources.map(({ event, from }) => [event.event, from.spec])),
          }
        : {}),
    },
  });
  return sources.map(({ event }) => event);
}

function queueProblem(posts: boolean, queue: string | undefined, field: string): readonly Problem[] {
  if (posts === (queue === undefined)) return [];
  return posts
    ? [
        {
          field,
          found: queue,
          message: 'names a queue, and the object store of this site posts its events itself',
          remedy: 'leave it out, and have the store post to the Service object-store-events',
        },
      ]
    : [
        {
          field,
          message: 'is missing, so nobody would hear of new objects',
          remedy:
            'name the queue in which the cloud puts word of them, as docs/events.md says: queue: "lake-raw"',
        },
      ];
}

/** Pods that read a queue with an identity of the cloud. */
function fromQueue(chart: ComponentChart) {
  const pods = chart.pods('buckets');
  const identity = chart.identify(pods, NAME, 'notifications');
  serviceAccount(chart, { name: NAME }, identity);
  // Queues have no fixed addresses.
  chart.reach(pods, { name: 'notifications', cidrs: ['0.0.0.0/0'], ports: [443] });
  const replicas = { replicas: 1, reason: 'word of objects waits in the queue while it is restarted' };
  return { replicas: 1, template: program(chart, { ...POD, ...replicas, identity }) };
}

/** Pods that the store posts to, with a token of its own: made here, or by the store where it is in the cluster. */
function postedTo(chart: ComponentChart, buckets: Settings['buckets']) {
  const { inCluster } = chart.site.cloud.objectStore;
  serviceAccount(chart, { name: NAME });
  service(chart, objectStoreEvents.service, 'buckets', { http: LISTENED });
  budget(chart, 'buckets');
  if (inCluster) {
    const { component, role } = inCluster;
    chart.allow({ component, role, namespace: component }, chart.pods('buckets'), PORTS.webhook);
    const { host, port } = addressOf(objectStoreEvents);
    const url = `http://${host}:${port}${POSTED_AT}`;
    for (const { bucket, prefix = '' } of buckets) chart.listen({ url, bucket, prefix });
    const { name, key } = EVENTS_SECRET;
    copiedSecret(chart, {
      name: tokenOf(STORE).name,
      namespace: chart.home,
      from: { namespace: component, secrets: [{ name, keys: [key] }] },
    });
  } else writeToken(chart, STORE);
  return { replicas: POSTED_TO.replicas, template: program(chart, { ...POD, ...POSTED_TO }) };
}

const POD = { name: 'buckets', role: 'buckets', account: NAME } as const;
