import type { ComponentChart } from '../../../core/chart';
import { role, serviceAccount } from '../../../core/rbac';
import { EventSource } from '../../../imports/argo-events';
import { common, type Event } from './event';
import { AFTER_BUS, CALENDAR_STATE, SOURCES } from './names';
import { CALENDAR } from './rbac';
import type { Settings } from './settings';
import { program } from './template';

const NAME = SOURCES.calendar;

/** Events by the clock. It keeps when each came last, so that what was missed is made up for. */
export function writeCalendars(chart: ComponentChart, { calendars }: Settings): readonly Event[] {
  if (calendars.length === 0) return [];
  const events = calendars.map((each, index): Event => {
    // The time to the minute: the clock of the pod goes on beside it, and is another in each pod.
    const minute = { of: 'data', expression: '.Input.eventTime | trunc 16 | replace " " "T"' } as const;
    const fields = common(chart.site, 'calendar', `calendars[${index}]`, each);
    return { ...fields, identity: minute, told: minute };
  });
  serviceAccount(chart, { name: NAME, token: true });
  role(chart, NAME, { name: NAME }, CALENDAR);
  chart.useApiServer(chart.pods('calendar'));
  new EventSource(chart, NAME, {
    metadata: { name: NAME, namespace: chart.home, annotations: AFTER_BUS },
    spec: {
      replicas: 1,
      template: program(chart, {
        name: 'calendars',
        role: 'calendar',
        account: NAME,
        replicas: 1,
        reason: 'two would both speak; what is missed meanwhile is made up for',
      }),
      calendar: Object.fromEntries(
        events.map(({ event }, index) => {
          // Made of it one by one.
          const { schedule, timezone, catchUpHours } = calendars[index] as Settings['calendars'][number];
          return [
            event,
            {
              schedule,
              timezone,
              persistence: {
                catchup: { enabled: true, maxDuration: `${catchUpHours}h` },
                configMap: { name: CALENDAR_STATE, createIfNotExist: true },
              },
            },
          ];
        }),
      ),
    },
  });
  return events;
}
