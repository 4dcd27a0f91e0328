import type { ComponentChart } from '../../../core/chart';
import { role, serviceAccount } from '../../../core/rbac';
import { service } from '../../../core/service';
import type { SiteTeam } from '../../../core/site';
import { type Dependency, Sensor } from '../../../imports/argo-events';
import { sensorMetrics } from './endpoints';
import type { Event } from './event';
import { AFTER_BUS, SOURCES, sensorAccount } from './names';
import { SENSOR } from './rbac';
import type { StartSettings } from './settings';
import { defaultStarts, type Started, started } from './started';
import { program } from './template';
import { dependencyOf, triggerOf } from './trigger';

/** An event with what it starts. */
interface Starting {
  readonly event: Event;
  readonly starts: readonly Started[];
}

/**
 * A sensor for each team whose events start something, with an account that can start workflows in the namespace of
 * the team and nowhere else.
 */
export function writeSensors(chart: ComponentChart, events: readonly Event[]): void {
  const starting = events.map((event): Starting => {
    const starts = event.starts ?? defaultStarts(chart.site);
    return {
      event,
      starts: starts.map((each, index) => started(chart, event, each, jobsBefore(starts, index))),
    };
  });
  const teams = chart.site.teams.map((team) => ({
    team,
    own: starting.filter(({ event, starts }) => event.team.name === team.name && starts.length > 0),
  }));
  const busy = teams.filter(({ own }) => own.length > 0);
  if (busy.length === 0) return;
  chart.useApiServer(chart.pods('sensor'));
  service(chart, sensorMetrics.service, 'sensor', { metrics: { port: sensorMetrics.port } });
  for (const { team, own } of busy) writeSensor(chart, team, own);
}

/** How many jobs an event starts before one of its starts. */
const jobsBefore = (starts: readonly StartSettings[], index: number): number =>
  starts.slice(0, index).filter(({ job }) => job !== undefined).length;

function writeSensor(chart: ComponentChart, { name, namespace }: SiteTeam, own: readonly Starting[]): void {
  const account = sensorAccount(name);
  serviceAccount(chart, { name: account, token: true });
  role(chart, account, { name: account }, SENSOR, namespace);
  new Sensor(chart, `sensor-${name}`, {
    metadata: { name, namespace: chart.home, annotations: AFTER_BUS },
    spec: {
      replicas: 1,
      revisionHistoryLimit: 3,
      template: program(chart, {
        name: `sensor of ${name}`,
        role: 'sensor',
        account,
        replicas: 1,
        reason: 'events wait on the bus while it is restarted',
      }),
      dependencies: own.map(({ event }): Dependency => {
        const { source, event: eventName, filters } = event;
        return {
          name: dependencyOf(event),
          eventSourceName: SOURCES[source],
          eventName,
          ...(filters ? { filters: { data: filters } } : {}),
        };
      }),
      triggers: own.flatMap(({ event, starts }) => starts.map((each) => triggerOf(event, each))),
    },
  });
}
