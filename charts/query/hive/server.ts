import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import type { Egress, Identity } from '../../../core/cloud';
import { InputError } from '../../../core/problem';
import { service } from '../../../core/service';
import { deployment } from '../../../core/workload';
import { hiveServer2, metastore } from './endpoints';
import type { Software } from './image';
import { hadoopConf } from './metastore-conf';
import { configurationFiles, environment, mounts, USER } from './process';
import { GRACE, serverConf } from './server-conf';
import type { Settings } from './settings';

export const NAME = hiveServer2.service;

/** HiveServer2: each server plans and runs the queries of its clients, and compacts tables when there is something to. */
export function writeServer(
  chart: ComponentChart,
  settings: Settings,
  software: Software,
  identity: Identity,
): void {
  const { site } = chart;
  checkGroups(settings);
  const pods = chart.pods('hiveserver2');
  const { uri } = chart.connect(metastore, pods);
  const issuer = authenticationEgress(settings);
  if (issuer) chart.reach(pods, issuer);
  for (const { namespace } of site.teams) {
    if (site.isOn('spark'))
      chart.allow({ component: 'spark', role: 'driver', namespace }, pods, hiveServer2.port);
    if (site.isOn('jupyterhub')) {
      chart.allow({ component: 'jupyterhub', role: 'notebook', namespace }, pods, hiveServer2.port);
    }
  }
  const files = configurationFiles(hadoopConf(site, identity), serverConf(site, uri, settings));
  new k8s.KubeConfigMap(chart, 'server-configuration', {
    metadata: { name: NAME, namespace: chart.home },
    data: files,
  });
  // A session lives in one server.
  service(chart, NAME, 'hiveserver2', { http: { port: hiveServer2.port } }, { sticky: true });
  const { cores, memory, replicas } = settings.server;
  const answers: k8s.Probe = { tcpSocket: { port: k8s.IntOrString.fromString('http') }, periodSeconds: 10 };
  deployment(chart, {
    name: NAME,
    role: 'hiveserver2',
    image: software.image,
    before: software.before,
    command: ['/opt/hive/bin/hive'],
    args: ['--skiphadoopversion', '--skiphbasecp', '--service', 'hiveserver2'],
    env: [
      ...environment(memory, software),
      { name: 'HADOOP_CLASSPATH', value: '/opt/tez/*:/opt/tez/lib/*' },
      { name: 'HIVESERVER2_PID_DIR', value: '/tmp' },
    ],
    ports: { http: hiveServer2.port },
    startupProbe: { ...answers, failureThreshold: 60 },
    readinessProbe: answers,
    livenessProbe: { ...answers, periodSeconds: 30 },
    resources: { cpu: String(cores), memory },
    serviceAccount: NAME,
    apiServer: false,
    identity,
    priority: 'serving',
    replicas,
    mounts: mounts(NAME, software),
    annotations: { 'lakeport.io/configuration': checksum(JSON.stringify([files, software.lists])) },
    gracePeriodSeconds: GRACE.pod,
    user: USER,
  });
}

/** The way to whoever knows the users. */
function authenticationEgress({ authentication }: Settings): Egress | undefined {
  if (!authentication) return undefined;
  const url = new URL(authentication.kind === 'ldap' ? authentication.url : authentication.jwks);
  const port = Number(url.port) || PORTS[url.protocol];
  if (port === undefined) throw new RangeError(`${url.href} names no port, and its protocol has none`);
  return { name: authentication.kind, cidrs: ['0.0.0.0/0'], ports: [port] };
}

const PORTS: Readonly<Record<string, number>> = { 'ldap:': 389, 'ldaps:': 636, 'http:': 80, 'https:': 443 };

/** @throws InputError where groups are wanted that nobody can find */
function checkGroups({ authentication, admins }: Settings): void {
  if (authentication?.kind === 'ldap' && authentication.groups.length > 0 && !authentication.groupDnPattern) {
    throw new InputError([
      {
        field: 'authentication.groups',
        found: authentication.groups,
        message: 'are looked up in the directory, and nothing says where they lie',
        remedy: 'write authentication.groupDnPattern, such as "cn=%s,ou=groups,dc=example,dc=com"',
      },
    ]);
  }
  if (!authentication && admins.length > 0) {
    throw new InputError([
      {
        field: 'admins',
        found: admins,
        message: 'may grant privileges, which count for nothing while anybody may say any name',
        remedy: 'write authentication, or leave admins out',
      },
    ]);
  }
}
