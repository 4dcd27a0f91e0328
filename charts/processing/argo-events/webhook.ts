import type { ComponentChart } from '../../../core/chart';
import { serviceAccount } from '../../../core/rbac';
import { service } from '../../../core/service';
import { EventSource, type WebhookEvent } from '../../../imports/argo-events';
import { generatedSecret } from '../../foundation/secrets';
import { webhook } from './endpoints';
import { common, type Event, hash } from './event';
import { AFTER_BUS, PORTS, SOURCES, tokenOf } from './names';
import type { Settings } from './settings';
import { budget, program } from './template';

const NAME = SOURCES.webhook;

/** A path to which events are posted by whoever has the token of the sender. */
export const posted = (endpoint: string, sender: string): WebhookEvent => ({
  endpoint,
  method: 'POST',
  port: String(PORTS.webhook),
  authSecret: tokenOf(sender),
});

/** The token of a sender, made in the cluster; it is read anew at every request. */
export function writeToken(chart: ComponentChart, sender: string): void {
  const { name, key } = tokenOf(sender);
  generatedSecret(chart, { name, keys: { [key]: 'password' } });
}

/** Two pods for those who post, since a sender that finds none may not come back. */
export const POSTED_TO = { replicas: 2, reason: 'a pod that goes leaves one to post to' } as const;

/** The port of a Service over such pods, by number: their kind has no field for it. */
export const LISTENED = { port: PORTS.webhook, target: PORTS.webhook } as const;

/** The paths of all teams, each with the token of its team. */
export function writeWebhooks(chart: ComponentChart, { webhooks }: Settings): readonly Event[] {
  if (webhooks.length === 0) return [];
  const events = webhooks.map((each, index): Event => {
    // Whoever posts the same again has not heard that it came, whatever its headers are.
    const identity = { of: 'data', expression: 'toJson .Input.body' } as const;
    const told = { of: 'data', expression: hash(identity.expression) } as const;
    return { ...common(chart.site, 'webhook', `webhooks[${index}]`, each), identity, told };
  });
  const teams = new Set(events.map(({ team }) => team.name));
  for (const team of teams) writeToken(chart, team);
  serviceAccount(chart, { name: NAME });
  new EventSource(chart, NAME, {
    metadata: { name: NAME, namespace: chart.home, annotations: AFTER_BUS },
    spec: {
      ...templateOf(chart),
      webhook: Object.fromEntries(
        events.map(({ event, name, team }) => [event, posted(`/${team.name}/${name}`, team.name)]),
      ),
    },
  });
  service(chart, webhook.service, 'webhook', { http: LISTENED });
  budget(chart, 'webhook');
  return events;
}

const templateOf = (chart: ComponentChart) => ({
  replicas: POSTED_TO.replicas,
  template: program(chart, { name: 'webhooks', role: 'webhook', account: NAME, ...POSTED_TO }),
});
