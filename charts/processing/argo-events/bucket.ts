import type { ComponentChart } from '../../../core/chart';
import { InputError, type Problem } from '../../../core/problem';
import { serviceAccount } from '../../../core/rbac';
import { service } from '../../../core/service';
import { EventSource } from '../../../imports/argo-events';
import { objectStoreEvents } from './endpoints';
import { common, type Event, safe } from './event';
import { AFTER_BUS, PORTS, SOURCES } from './names';
import { notificationOf, sourceOf } from './notification';
import type { Settings } from './settings';
import { budget, program } from './template';
import { LISTENED, POSTED_TO, writeToken } from './webhook';

const NAME = SOURCES.buckets;

/** The sender whose token the object store shows, where it posts. */
const STORE = 'object-store';

/**
 * New objects, told by the cloud.
 * @throws InputError for a bucket without a queue where the cloud has queues, and for one with a queue where it has none
 */
export function writeBuckets(chart: ComponentChart, { buckets }: Settings): readonly Event[] {
  if (buckets.length === 0) return [];
  const { site } = chart;
  const { notifications } = site.cloud;
  const problems = buckets.flatMap(({ queue }, index) =>
    queueProblem(notifications.kind === 'post', queue, `buckets[${index}].queue`),
  );
  if (problems.length > 0) throw new InputError(problems);
  const sources = buckets.map((each, index) => {
    const { filters, identity, told } = notificationOf(notifications, site.bucket(each.bucket), each.prefix);
    const fields = common(site, 'buckets', `buckets[${index}]`, each);
    const event: Event = {
      ...fields,
      filters,
      identity: { of: 'data', expression: identity },
      told: { of: 'data', expression: safe(told) },
    };
    // A store has one token and one URL for all; which bucket it speaks of is in what it posts.
    const from = sourceOf(notifications, each.queue ?? '', `/${fields.team.name}/${each.name}`, STORE);
    return { event, from };
  });
  const [first] = sources;
  new EventSource(chart, NAME, {
    metadata: { name: NAME, namespace: chart.home, annotations: AFTER_BUS },
    spec: {
      ...(notifications.kind === 'post' ? postedTo(chart) : fromQueue(chart)),
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

/** Pods that the store posts to, with a token of its own. */
function postedTo(chart: ComponentChart) {
  const { inCluster } = chart.site.cloud.objectStore;
  writeToken(chart, STORE);
  serviceAccount(chart, { name: NAME });
  service(chart, objectStoreEvents.service, 'buckets', { http: LISTENED });
  budget(chart, 'buckets');
  if (inCluster) {
    const { component, role } = inCluster;
    chart.allow({ component, role, namespace: component }, chart.pods('buckets'), PORTS.webhook);
  }
  return { replicas: POSTED_TO.replicas, template: program(chart, { ...POD, ...POSTED_TO }) };
}

const POD = { name: 'buckets', role: 'buckets', account: NAME } as const;
