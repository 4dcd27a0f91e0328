import fs from 'node:fs';
import path from 'node:path';
import { addressOf } from '../../../core/endpoint';
import { parseQuantity } from '../../../core/quantity';
import type { Site } from '../../../core/site';
import { discovery } from './endpoints';
import { lineageFile } from './lineage';
import { CLIENT_SECRET, MANAGEMENT_USER, PATHS, PORTS, SECRET } from './names';
import { dataSize, fromEnvironment, type Properties, propertiesFile } from './properties';
import type { Settings } from './settings';
import { type NodeMemory, nodeMemory } from './sizing';
import { exchange } from './store';

/** Seconds for which a worker waits twice: until everybody knows that it leaves, and until its results are fetched. */
export const LEAVING_SECONDS = 10;

const ETC = (file: string): string => path.posix.join(PATHS.etc, file);

/** A file of the component's folder. */
export const ownFile = (name: string): string => fs.readFileSync(path.join(__dirname, name), 'utf8');

/** What the coordinator and workers have in common. */
function common(settings: Settings, memory: NodeMemory): Properties {
  const worker = nodeMemory(settings.worker.memory, settings.worker.queryMemory);
  return {
    'http-server.http.port': PORTS.http,
    'http-server.https.enabled': true,
    'http-server.https.port': PORTS.https,
    // Each query is told of by events; a line for each request of a task would fill the disk.
    'http-server.log.enabled': false,
    'internal-communication.https.required': true,
    'internal-communication.shared-secret': fromEnvironment(SECRET.internal.variable),
    'discovery.uri': addressOf(discovery).uri,
    'management.user': MANAGEMENT_USER,
    'catalog.config-dir': PATHS.catalogs,
    'access-control.config-files': ETC('access-control.properties'),
    ...(settings.retry === 'task'
      ? {
          'retry-policy': 'TASK',
          'exchange-manager.config-file': ETC('exchange-manager.properties'),
          'fault-tolerant-execution-task-memory': dataSize(worker.task),
          'fault-tolerant-execution-coordinator-task-memory': dataSize(
            nodeMemory(settings.coordinator.memory).task,
          ),
        }
      : {}),
    'memory.heap-headroom-per-node': dataSize(memory.headroom),
    'query.max-memory-per-node': dataSize(Math.min(worker.query, memory.queries)),
    'query.max-memory': dataSize(worker.query * settings.workers.max),
    'query.max-total-memory': dataSize(worker.query * settings.workers.max * 2),
  };
}

/** config.properties of the coordinator. */
function coordinatorConfig(settings: Settings): Properties {
  const { oidc } = settings;
  return {
    coordinator: true,
    'node-scheduler.include-coordinator': false,
    ...common(settings, nodeMemory(settings.coordinator.memory)),
    'http-server.https.keystore.path': `${PATHS.tls}/keystore.p12`,
    'http-server.https.keystore.key': fromEnvironment(SECRET.keystore.variable),
    'http-server.https.truststore.path': `${PATHS.tls}/ca.crt`,
    // A gateway in front speaks TLS with it, so what it says of its own client changes nothing.
    'http-server.process-forwarded': 'IGNORE',
    'http-server.authentication.type': oidc ? 'CERTIFICATE,OAUTH2' : 'CERTIFICATE',
    'http-server.authentication.certificate.user-mapping.pattern': 'CN=(team-[a-z0-9-]+)',
    'http-server.authentication.allow-insecure-over-http': false,
    'web-ui.authentication.type': oidc ? 'OAUTH2' : 'CERTIFICATE',
    ...(oidc
      ? {
          'http-server.authentication.oauth2.issuer': oidc.issuer,
          'http-server.authentication.oauth2.client-id': oidc.clientId,
          'http-server.authentication.oauth2.client-secret': fromEnvironment(CLIENT_SECRET.variable),
          'http-server.authentication.oauth2.principal-field': oidc.usernameClaim,
          'http-server.authentication.oauth2.scopes': oidc.scopes.join(','),
          // A person called as the jobs of a team must not be taken for them.
          'http-server.authentication.oauth2.user-mapping.pattern': `(?!team-|${MANAGEMENT_USER}$)(.+)`,
        }
      : {}),
    ...(settings.lineage ? { 'event-listener.config-files': ETC('openlineage.properties') } : {}),
    'web-ui.enabled': true,
  };
}

/** config.properties of a worker. */
const workerConfig = (settings: Settings): Properties => ({
  coordinator: false,
  ...common(settings, nodeMemory(settings.worker.memory, settings.worker.queryMemory)),
  'shutdown.grace-period': `${LEAVING_SECONDS}s`,
  'spill-enabled': true,
  'spiller-spill-path': PATHS.spill,
  'max-spill-per-node': spillSize(settings),
  'query-max-spill-per-node': spillSize(settings),
  'spill-encryption-enabled': true,
  'spill-compression-codec': 'LZ4',
});

const spillSize = ({ worker }: Settings): string => dataSize(parseQuantity(worker.spill));

/** What all nodes read beside config.properties. */
const shared = (site: Site, { retry }: Settings): Record<string, string> => ({
  'node.properties': propertiesFile({
    'node.environment': 'lakeport',
    'node.data-dir': PATHS.data,
    'plugin.dir': '/usr/lib/trino/plugin',
  }),
  'jvm.config': ownFile('jvm.config'),
  'log.properties': propertiesFile({ 'io.trino': 'INFO', 'org.apache.kafka': 'WARN' }),
  'access-control.properties': propertiesFile({
    'access-control.name': 'file',
    'security.config-file': `${PATHS.rules}/rules.json`,
    'security.refresh-period': '30s',
  }),
  ...(retry === 'task' ? { 'exchange-manager.properties': propertiesFile(exchange(site)) } : {}),
});

/** The folder that the coordinator is started with, by file name. */
export const coordinatorFiles = (site: Site, settings: Settings, groups: string): Record<string, string> => ({
  ...shared(site, settings),
  'config.properties': propertiesFile(coordinatorConfig(settings)),
  'group-provider.properties': propertiesFile({
    'group-provider.name': 'file',
    'file.group-file': `${PATHS.rules}/groups.txt`,
    'file.refresh-period': '30s',
  }),
  'resource-groups.properties': propertiesFile({
    'resource-groups.configuration-manager': 'file',
    'resource-groups.config-file': ETC('resource-groups.json'),
  }),
  'resource-groups.json': groups,
  ...(settings.lineage ? { 'openlineage.properties': lineageFile(site, settings.lineage) } : {}),
});

/** The same of a worker. */
export const workerFiles = (site: Site, settings: Settings): Record<string, string> => ({
  ...shared(site, settings),
  'config.properties': propertiesFile(workerConfig(settings)),
});
