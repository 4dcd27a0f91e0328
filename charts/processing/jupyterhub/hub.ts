import fs from 'node:fs';
import path from 'node:path';
import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import { role, serviceAccount } from '../../../core/rbac';
import { fixed } from '../../../core/scale';
import { service } from '../../../core/service';
import { deployment } from '../../../core/workload';
import { versions } from '../../../versions';
import { hub, NOTEBOOK_PORT, proxyApi } from './endpoints';
import { HUB_IN_TEAMS } from './rbac';
import { CLIENT_SECRET, SECRET } from './secret';
import type { Settings } from './settings';
import type { HubState } from './state';

const NAME = hub.service;
/** The user of the image, by number. */
const USER = 1000;
const CONF = '/etc/jupyterhub';

const FILES = ['jupyterhub_config.py', 'lakehub.py'] as const;
const programs = (): Record<string, string> =>
  Object.fromEntries(FILES.map((file) => [file, fs.readFileSync(path.join(__dirname, 'hub', file), 'utf8')]));

/**
 * Logs people in and starts, watches and stops their servers.
 * @param values what its configuration differs in from site to site, as JSON
 */
export function writeHub(chart: ComponentChart, settings: Settings, state: HubState, values: string): void {
  const { home, site } = chart;
  const pods = chart.pods('hub');
  serviceAccount(chart, { name: NAME });
  for (const { namespace } of site.teams) {
    role(chart, NAME, { name: NAME }, HUB_IN_TEAMS, namespace);
    chart.allow(pods, chart.pods('notebook', namespace), NOTEBOOK_PORT);
  }
  chart.connect(proxyApi, pods);
  if (settings.oidc) {
    const { port } = new URL(settings.oidc.issuer);
    chart.reach(pods, { name: 'issuer', cidrs: ['0.0.0.0/0'], ports: [Number(port) || 443] });
  }
  const data = { ...programs(), 'values.json': values };
  new k8s.KubeConfigMap(chart, 'hub-configuration', { metadata: { name: NAME, namespace: home }, data });
  service(chart, hub.service, 'hub', { http: { port: hub.port } });
  const healthy: k8s.Probe = {
    httpGet: { path: '/hub/health', port: k8s.IntOrString.fromString('http') },
    periodSeconds: 10,
  };
  const secrets = [
    SECRET.proxyToken,
    SECRET.cookies,
    settings.oidc ? CLIENT_SECRET : SECRET.adminPassword,
  ] as const;
  deployment(chart, {
    name: NAME,
    role: 'hub',
    image: `quay.io/jupyterhub/k8s-hub:${versions.zeroToJupyterHub}`,
    command: ['jupyterhub'],
    args: [`--config=${CONF}/jupyterhub_config.py`, '--upgrade-db'],
    env: [
      ...secrets.map(({ variable, reference }) => ({
        name: variable,
        valueFrom: { secretKeyRef: reference },
      })),
      ...state.env,
    ],
    ports: { http: hub.port },
    // It asks for each server that it knows before it answers.
    startupProbe: { ...healthy, failureThreshold: 60 },
    readinessProbe: healthy,
    livenessProbe: { ...healthy, periodSeconds: 30, timeoutSeconds: 10 },
    resources: { cpu: '200m', memory: '1Gi' },
    serviceAccount: NAME,
    apiServer: true,
    priority: 'serving',
    replicas: fixed(1, 'it remembers in its process what runs; notebooks run on while it starts again'),
    recreate: true,
    mounts: [
      { name: 'configuration', path: CONF, source: { configMap: { name: NAME } } },
      ...state.mounts,
      { name: 'tmp', path: '/tmp', source: { emptyDir: {} } },
    ],
    annotations: { 'lakeport.io/configuration': checksum(JSON.stringify(data)) },
    user: USER,
  });
}
