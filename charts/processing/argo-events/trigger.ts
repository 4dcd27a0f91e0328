import { objectLabels } from '../../../core/labels';
import type { Parameter, Trigger } from '../../../imports/argo-events';
import { type Event, hash, type Text } from './event';
import { DEAD_LETTER } from './names';
import { EVENT, type Started } from './started';

/** Some minutes, in which an API server is back; events of the same start wait meanwhile. */
const RETRY = { steps: 5, duration: '3s', factor: 3, jitter: 0.2 } as const;

/** Longer, since after it an event is lost. */
const LAST_RETRY = { steps: 8, duration: '3s', factor: 2, jitter: 0.2 } as const;

/** What sensors call an event; an expression is made of it, in which names of sources could be words. */
export const dependencyOf = ({ name }: Event): string => `on-${name}`;

/** Starts one thing for each event. */
export function triggerOf(event: Event, started: Started): Trigger {
  const { name, team, perMinute } = event;
  const dependency = dependencyOf(event);
  const start = `${started.what}-${name}`;
  return {
    template: {
      name: start,
      conditions: dependency,
      k8s: {
        // Twice the same event has the same name, and the second time writes what is there.
        operation: 'patch',
        source: {
          resource: {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'Workflow',
            metadata: { name: `${start}-`, namespace: team.namespace, labels: objectLabels('argo-events') },
            spec: started.spec,
          },
        },
        parameters: [
          fill(dependency, event.identity, hash(`(${event.identity.expression})`), 'metadata.name', 'append'),
          fill(dependency, event.told, event.told.expression, EVENT.dest),
          ...optionOf(dependency, event.told, started),
        ],
      },
    },
    retryStrategy: RETRY,
    rateLimit: { unit: 'Minute', requestsPerUnit: perMinute },
    atLeastOnce: true,
    dlqTrigger: deadLetter(event, start),
  };
}

/** Arguments of a job with the event at their end. */
function optionOf(dependency: string, told: Text, { option }: Started): Parameter[] {
  if (!option) return [];
  const words = [
    ...option.others.map((each) => JSON.stringify(each)),
    `(printf "${option.name}=%s" (${told.expression}))`,
  ];
  return [fill(dependency, told, `list ${words.join(' ')} | toJson`, option.dest)];
}

const fill = (
  dependencyName: string,
  { of }: Text,
  expression: string,
  dest: string,
  operation?: Parameter['operation'],
): Parameter => {
  const template = `{{ ${expression} }}`;
  return {
    src: { dependencyName, ...(of === 'data' ? { dataTemplate: template } : { contextTemplate: template }) },
    dest,
    ...(operation ? { operation } : {}),
  };
};

/** Keeps an event that could not start what it should, in the namespace of the team, until somebody deletes it. */
function deadLetter(event: Event, start: string): Trigger {
  const { name, team } = event;
  const dependencyName = dependencyOf(event);
  // The whole of it, as JSON.
  const all = '@this';
  return {
    template: {
      name: `dead-letter-${start}`,
      k8s: {
        operation: 'create',
        source: {
          resource: {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: {
              generateName: `dead-letter-${start}-`,
              namespace: team.namespace,
              labels: { ...objectLabels('argo-events'), [DEAD_LETTER]: name },
            },
            data: { starts: start, event: '', data: '' },
          },
        },
        parameters: [
          { src: { dependencyName, contextKey: all }, dest: 'data.event' },
          { src: { dependencyName, dataKey: all }, dest: 'data.data' },
        ],
      },
    },
    retryStrategy: LAST_RETRY,
    atLeastOnce: true,
  };
}
