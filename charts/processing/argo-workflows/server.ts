import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { clusterRole, role, serviceAccount } from '../../../core/rbac';
import { fixed } from '../../../core/scale';
import { service } from '../../../core/service';
import { deployment } from '../../../core/workload';
import type { Archive } from './archive';
import { CONFIGURATION } from './configuration';
import { argoServer } from './endpoints';
import { PEOPLE, SERVER_READS, serverAtHome } from './rbac';
import { IMAGES, USER } from './workload';

const NAME = argoServer.service;

/** API and user interface. Callers bring a token of the cluster, and may do what it allows. */
export function writeServer(chart: ComponentChart, archive: Archive | undefined): void {
  // Artifacts and logs are shown from the bucket; nothing is written there.
  const identity = chart.grant(chart.pods('server'), NAME, 'read', 'artifacts');
  serviceAccount(chart, { name: NAME }, identity);
  clusterRole(chart, NAME, { name: NAME }, SERVER_READS);
  role(chart, NAME, { name: NAME }, serverAtHome(CONFIGURATION, archive));
  for (const [who, permissions] of Object.entries(PEOPLE)) {
    const name = `argo-workflows-${who}`;
    new k8s.KubeClusterRole(chart, name, {
      metadata: { name, labels: { [`rbac.authorization.k8s.io/aggregate-to-${who}`]: 'true' } },
      rules: permissions.map(({ group, resources, verbs }) => ({
        apiGroups: [group],
        resources: [...resources],
        verbs: [...verbs],
      })),
    });
  }
  service(chart, NAME, 'server', { https: { port: argoServer.port } });
  deployment(chart, {
    name: NAME,
    role: 'server',
    image: IMAGES.server,
    args: ['server', '--auth-mode=client', '--log-format=json'],
    ...(archive?.trust ? { env: archive.trust.env } : {}),
    ports: { https: argoServer.port },
    readinessProbe: {
      httpGet: { path: '/', port: k8s.IntOrString.fromString('https'), scheme: 'HTTPS' },
      initialDelaySeconds: 10,
      periodSeconds: 20,
    },
    resources: { cpu: '100m', memory: '512Mi' },
    serviceAccount: NAME,
    apiServer: true,
    identity,
    priority: 'serving',
    replicas: fixed(2, 'people look at workflows by it, and are few'),
    mounts: [{ name: 'tmp', path: '/tmp', source: { emptyDir: {} } }, ...(archive?.trust?.mounts ?? [])],
    user: USER,
  });
}
