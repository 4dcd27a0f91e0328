import { k8s } from 'cdk8s-plus-27';
import { z } from 'zod';
import type { ComponentChart } from '../../core/chart';
import { type Component, component } from '../../core/component';
import { type Endpoint, endpoint } from '../../core/endpoint';
import { defineOverlay, type Overlay } from '../../core/overlay';
import type { Placement } from '../../core/placement';
import type { Platform } from '../../core/platform';
import { cpu } from '../../core/quantity';
import { serviceAccount } from '../../core/rbac';
import { fixed, scale } from '../../core/scale';
import { service } from '../../core/service';
import { synthesize } from '../../core/synth';
import { deployment, PRIORITIES } from '../../core/workload';
import { testCloud } from './cloud';

/** Namespaces and priorities, without which nothing else can be. */
export const ground = component({
  name: 'ground',
  summary: 'Namespaces',
  settings: z.strictObject({}),
  pods: {},
  namespaces: (site) => site.teams.map(({ namespace, quota }) => ({ name: namespace, quota })),
  build(chart, site) {
    for (const { name } of site.namespaces)
      new k8s.KubeNamespace(chart, `namespace-${name}`, { metadata: { name } });
    for (const name of Object.values(PRIORITIES)) {
      new k8s.KubePriorityClass(chart, name, { metadata: { name }, value: 1 });
    }
  },
});

export const server = (name: string, port = 80): Endpoint =>
  endpoint({ component: name, service: name, port, scheme: 'http', role: 'server' });

export interface ServerOptions {
  readonly placement?: Placement;
  readonly endpoints?: readonly Endpoint[];
  /** Roles beside the server. */
  readonly roles?: Readonly<Record<string, Placement>>;
  /** What else the component does. */
  readonly also?: (chart: ComponentChart) => void;
}

/** A component that serves: a Deployment behind a Service. */
export const serverComponent = (
  name: string,
  { placement = 'spot', endpoints, roles = {}, also }: ServerOptions = {},
) =>
  component({
    name,
    summary: `Serves ${name}`,
    settings: z.strictObject({
      replicas: scale().default({ min: 2, typical: 4, max: 8 }).describe('Servers'),
      cpu: cpu().default('1').describe('CPU of a server'),
    }),
    pods: { server: placement, ...roles },
    endpoints: endpoints ?? [server(name)],
    namespaces: () => [{ name, quota: { cpu: '100', memory: '100Gi', pods: 50 } }],
    build(chart, _site, settings) {
      serviceAccount(chart, { name: 'server' });
      service(chart, name, 'server', { http: { port: 80 } });
      deployment(chart, {
        name,
        role: 'server',
        image: `example.com/${name}:1.0`,
        ports: { http: 8080 },
        readinessProbe: { tcpSocket: { port: k8s.IntOrString.fromString('http') } },
        resources: { cpu: settings.cpu, memory: '1Gi' },
        serviceAccount: 'server',
        apiServer: false,
        priority: 'serving',
        replicas: settings.replicas,
        user: 1000,
      });
      also?.(chart);
    },
  });

/** A regular workload of a size of its own, to move the spot share. */
export const regularComponent = (name: string, cpus: string) =>
  component({
    name,
    summary: 'Runs on regular nodes',
    settings: z.strictObject({}),
    pods: { server: 'on-demand' },
    namespaces: () => [{ name, quota: { cpu: '100', memory: '100Gi', pods: 50 } }],
    build(chart) {
      serviceAccount(chart, { name: 'server' });
      deployment(chart, {
        name,
        role: 'server',
        image: `example.com/${name}:1.0`,
        resources: { cpu: cpus, memory: '1Gi' },
        serviceAccount: 'server',
        apiServer: false,
        priority: 'system',
        replicas: fixed(2, 'the tests want two'),
        user: 1000,
      });
    },
  });

export const platformOf = (...components: readonly Component[]): Platform => ({
  components: [ground, ...components],
  delivery: { name: 'delivery', apis: [], externals: [], deliver: () => new Map() },
});

export const overlay = (changes: Partial<Overlay> = {}): Overlay =>
  defineOverlay({
    cloud: testCloud(),
    domain: 'lake.example.com',
    git: { repository: 'https://example.com/lakeport.git' },
    buckets: { prefix: 'acme' },
    teams: [{ name: 'blue' }],
    ...changes,
  });

/** Renders the site `test`, rules and all. */
export const synth = (components: readonly Component[], changes: Partial<Overlay> = {}) =>
  synthesize('test', overlay(changes), platformOf(...components));
