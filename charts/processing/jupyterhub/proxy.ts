import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { serviceAccount } from '../../../core/rbac';
import { fixed } from '../../../core/scale';
import { service } from '../../../core/service';
import { deployment } from '../../../core/workload';
import { versions } from '../../../versions';
import { hub, notebooks, proxyApi } from './endpoints';
import { SECRET } from './secret';

const NAME = 'jupyterhub-proxy';

/** Passes every request on to the hub or to a notebook, as the hub has told it. */
export function writeProxy(chart: ComponentChart): void {
  serviceAccount(chart, { name: NAME });
  const { uri } = chart.connect(hub, chart.pods('proxy'));
  service(chart, notebooks.service, 'proxy', { http: { port: notebooks.port } });
  service(chart, proxyApi.service, 'proxy', { api: { port: proxyApi.port } });
  const healthy: k8s.Probe = {
    httpGet: { path: '/_chp_healthz', port: k8s.IntOrString.fromString('http') },
    periodSeconds: 10,
  };
  deployment(chart, {
    name: NAME,
    role: 'proxy',
    image: `quay.io/jupyterhub/configurable-http-proxy:${versions.configurableHttpProxy}`,
    command: ['configurable-http-proxy'],
    args: [
      '--ip=0.0.0.0',
      `--port=${notebooks.port}`,
      '--api-ip=0.0.0.0',
      `--api-port=${proxyApi.port}`,
      `--default-target=${uri}`,
      `--error-target=${uri}/hub/error`,
    ],
    env: [{ name: SECRET.proxyToken.variable, valueFrom: { secretKeyRef: SECRET.proxyToken.reference } }],
    ports: { http: notebooks.port, api: proxyApi.port },
    readinessProbe: healthy,
    livenessProbe: healthy,
    resources: { cpu: '200m', memory: '512Mi' },
    serviceAccount: NAME,
    apiServer: false,
    priority: 'serving',
    // A second one would know no routes: the hub speaks with one.
    replicas: fixed(1, 'it keeps its routes in memory; the hub tells a new one all of them within a minute'),
    // Open connections are those of people at work.
    gracePeriodSeconds: 60,
    user: 65_534,
  });
}
