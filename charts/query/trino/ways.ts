import type { ComponentChart, PodSet } from '../../../core/chart';
import { certificate } from '../../foundation/certificates';
import { database } from '../../foundation/postgres';
import { copiedSecret, generatedSecret, storedSecret } from '../../foundation/secrets';
import { TABLE_BUCKETS } from './buckets';
import { catalogsOn, DATABASE, PASSWORDS, SOURCES } from './catalogs';
import { coordinator } from './endpoints';
import { lineageEgress } from './lineage';
import {
  ACCOUNT,
  CERTIFICATE,
  CLIENT_SECRET,
  NAME,
  PATHS,
  PORTS,
  SECRET,
  TEAM_SECRET,
  teamUser,
} from './names';
import type { WorkerSet } from './placement';
import type { Settings } from './settings';
import { SPOOL, writeExchangeKeys } from './store';
import { writeTopicSecret } from './topics';

/** Whom nodes speak to, and how they prove who they are. */
export function writeWays(chart: ComponentChart, settings: Settings, sets: readonly WorkerSet[]): void {
  const { site } = chart;
  const workers = sets.map(({ role }) => chart.pods(role));
  const leader = chart.pods('coordinator');
  const nodes = [leader, ...workers];
  for (const from of nodes) {
    // Results of a task are fetched by whoever needs them.
    for (const to of nodes) chart.allow(from, to, PORTS.https);
    chart.grant(from, ACCOUNT, 'read-write', ...TABLE_BUCKETS);
    if (settings.retry === 'task') chart.grant(from, ACCOUNT, 'read-write', 'scratch');
  }
  if (settings.retry === 'task') chart.age('scratch', { paths: [SPOOL], expireDays: settings.spoolDays });
  writeExchangeKeys(chart, settings);
  generatedSecret(chart, {
    name: SECRET.name,
    keys: { [SECRET.internal.key]: 'hex', [SECRET.keystore.key]: 'password' },
  });
  certificate(chart, {
    secret: CERTIFICATE,
    service: NAME,
    hosts: [settings.host ?? `trino.${site.domain}`],
    // Java refuses a certificate that names nobody.
    commonName: NAME,
    pkcs12: { secret: SECRET.name, key: SECRET.keystore.key },
  });
  if (settings.oidc) {
    chart.reach(leader, {
      name: 'issuer',
      cidrs: ['0.0.0.0/0'],
      ports: [Number(new URL(settings.oidc.issuer).port) || 443],
    });
    storedSecret(chart, { name: CLIENT_SECRET.name, keys: [CLIENT_SECRET.key], field: 'oidc' });
  }
  if (settings.lineage) chart.reach(leader, lineageEgress(settings.lineage));
  writeSources(chart, settings, nodes);
  writeClients(chart);
}

function writeSources(chart: ComponentChart, settings: Settings, nodes: readonly PodSet[]): void {
  for (const name of catalogsOn(chart.site, settings)) {
    const source = SOURCES[name];
    if (source) chart.connect(source, ...nodes);
    if (name === 'kafka') writeTopicSecret(chart, PATHS.kafka);
    if (name === 'druid') {
      const { name: copy, original } = PASSWORDS.druid;
      copiedSecret(chart, {
        name: copy,
        namespace: chart.home,
        from: { namespace: name, secrets: [{ name: original, keys: ['username', 'password'] }] },
      });
    }
    if (name === 'cassandra') {
      storedSecret(chart, {
        name: PASSWORDS.cassandra.name,
        keys: ['username', 'password'],
        field: 'catalogs.cassandra',
      });
    }
    if (name === 'postgres') {
      const [first, ...others] = nodes;
      if (first) database(chart, { name: DATABASE.name, secret: DATABASE.secret, pods: [first, ...others] });
    }
  }
}

/** The certificate of each team, by which its jobs and notebooks come in, and their way here. */
function writeClients(chart: ComponentChart): void {
  const { site } = chart;
  const clients = [
    ['spark', 'driver'],
    ['jupyterhub', 'notebook'],
    ['argo-workflows', 'workflow'],
  ] as const;
  for (const { name, namespace } of site.teams) {
    certificate(chart, { secret: TEAM_SECRET, namespace, client: true, commonName: teamUser(name) });
    for (const [component, role] of clients) {
      if (!site.isOn(component)) continue;
      chart.allow({ component, role, namespace }, chart.pods('coordinator'), coordinator.port);
    }
  }
}
