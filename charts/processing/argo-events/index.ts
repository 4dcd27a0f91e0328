import { component } from '../../../core/component';
import { versions } from '../../../versions';
import { requireTemplates } from './admission';
import { apis } from './apis';
import { writeBuckets } from './bucket';
import { writeBus } from './bus';
import { writeCalendars } from './calendar';
import { writeConfiguration } from './configuration';
import { writeController } from './controller';
import { busMetrics, controllerMetrics } from './endpoints';
import { requireOwnNames } from './event';
import { writeSensors } from './sensor';
import { settings } from './settings';
import { writeTopicEvents } from './topic';
import { writeWebhooks } from './webhook';

export { busMetrics, controllerMetrics, objectStoreEvents, sensorMetrics, webhook } from './endpoints';

/**
 * Starts workflows of teams by what happens. One bus, its sources and its sensors are in one namespace of their own:
 * teams hold no key of the bus, and a sensor reaches into the namespace of one team.
 */
export const argoEvents = component({
  name: 'argo-events',
  summary: 'Starts workflows and Spark jobs by what happens: requests, new objects, messages, the clock',
  settings,
  pods: {
    controller: 'on-demand',
    bus: 'on-demand',
    webhook: 'on-demand',
    calendar: 'on-demand',
    topics: 'on-demand',
    buckets: 'on-demand',
    sensor: 'on-demand',
  },
  endpoints: [controllerMetrics, busMetrics],
  apis: [apis],
  namespaces: () => [{ name: 'argo-events', quota: { cpu: '6', memory: '12Gi', pods: 60 } }],
  build(chart, site, chosen) {
    requireOwnNames(site, chosen);
    chart.follow('argo-workflows');
    chart.upstream({
      kind: 'manifests',
      name: 'argo-events-crds',
      repository: 'https://github.com/argoproj/argo-events',
      path: 'manifests/base/crds',
      // The folder also has what kustomize reads.
      include: 'argoproj.io_*.yaml',
      version: versions.argoEvents,
      namespace: chart.home,
    });
    writeConfiguration(chart);
    writeController(chart);
    writeBus(chart, chosen.bus);
    const events = [
      ...writeWebhooks(chart, chosen),
      ...writeCalendars(chart, chosen),
      ...writeTopicEvents(chart, chosen),
      ...writeBuckets(chart, chosen),
    ];
    writeSensors(chart, events);
    requireTemplates(chart);
  },
});
