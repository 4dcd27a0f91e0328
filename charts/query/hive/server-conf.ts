import type { Site } from '../../../core/site';
import { hiveServer2 } from './endpoints';
import type { Settings } from './settings';
import { TRANSACTIONS, warehouseConf } from './warehouse';
import type { Properties } from './xml';

/** Seconds for which a server that is to stop waits for its queries; the longest notice of a spot node is 120. */
export const GRACE = { queries: 100, pod: 120 } as const;

const TMP = 'file:/tmp/hive';
const local = (folder: string): string => `${TMP}/${folder}`;

/** Files of a query that is under way lie on the node: all its tasks run in the server. */
const SCRATCH: Properties = {
  'hive.exec.scratchdir': local('scratch'),
  'hive.exec.local.scratchdir': '/tmp/hive/local',
  'hive.user.install.directory': local('install'),
  'hive.query.results.cache.directory': local('results'),
  'hive.server2.logging.operation.log.location': '/tmp/hive/operations',
  'tez.staging-dir': local('tez'),
};

/**
 * What servers can do with tables. Hive takes this from here alone, and the metastore shows and makes tables with
 * transactions only for a client that says it can handle them.
 */
const CAPABILITIES = [
  'HIVEFULLACIDREAD',
  'HIVEFULLACIDWRITE',
  'HIVEMANAGEDINSERTREAD',
  'HIVEMANAGEDINSERTWRITE',
  'HIVEMANAGESTATS',
  'HIVECACHEINVALIDATE',
  'HIVEBUCKET2',
  'EXTREAD',
  'EXTWRITE',
];

/** Tez without a cluster: its master and tasks are threads of the server. */
const engine = (cores: number): Properties => ({
  'hive.execution.engine': 'tez',
  'hive.server2.tez.initialize.default.sessions': 'false',
  'hive.tez.exec.inplace.progress': 'false',
  'hive.exec.submit.local.task.via.child': 'false',
  'mapreduce.framework.name': 'local',
  'tez.local.mode': 'true',
  'tez.am.inline.task.execution.max-tasks': String(cores),
  'tez.runtime.optimize.local.fetch': 'true',
});

/** Settings of HiveServer2. */
export const serverConf = (site: Site, uri: string, settings: Settings): Properties => ({
  'hive.metastore.uris': uri,
  'hive.metastore.client.capabilities': CAPABILITIES.join(','),
  ...warehouseConf(site),
  ...TRANSACTIONS,
  'metastore.compactor.worker.threads': '1',
  'hive.compactor.worker.threads': '1',
  // Compacting by queries: by the other way it would want MapReduce.
  'hive.compactor.crud.query.based': 'true',
  // Trino looks for deleted rows in files whose names end with the bucket; where writers put files in place themselves, these
  // end with an attempt as well, and Trino shows rows that are gone (https://github.com/trinodb/trino/issues/31302).
  'hive.acid.direct.insert.enabled': 'false',
  'hive.server2.transport.mode': 'http',
  'hive.server2.thrift.http.port': String(hiveServer2.port),
  'hive.server2.webui.port': '0',
  // The object store knows the server, not the user.
  'hive.server2.enable.doAs': 'false',
  'hive.server2.graceful.stop.timeout': `${GRACE.queries}s`,
  'hive.blobstore.supported.schemes': 's3,s3a,s3n,abfs,abfss,gs',
  ...SCRATCH,
  ...engine(settings.server.cores),
  ...authenticationConf(settings),
});

/** Who is let in, and whether privileges count. Without a proof of who somebody is, they would mean nothing. */
function authenticationConf({ authentication, admins }: Settings): Properties {
  if (!authentication) return { 'hive.server2.authentication': 'NONE' };
  return {
    ...(authentication.kind === 'jwt'
      ? {
          'hive.server2.authentication': 'JWT',
          'hive.server2.authentication.jwt.jwks.url': authentication.jwks,
        }
      : {
          'hive.server2.authentication': 'LDAP',
          'hive.server2.authentication.ldap.url': authentication.url,
          'hive.server2.authentication.ldap.userDNPattern': authentication.userDnPattern,
          ...(authentication.groups.length > 0
            ? {
                'hive.server2.authentication.ldap.groupFilter': authentication.groups.join(','),
                'hive.server2.authentication.ldap.groupDNPattern': authentication.groupDnPattern ?? '',
              }
            : {}),
        }),
    'hive.security.authorization.enabled': 'true',
    'hive.security.authorization.manager':
      'org.apache.hadoop.hive.ql.security.authorization.plugin.sqlstd.SQLStdHiveAuthorizerFactory',
    'hive.security.authenticator.manager': 'org.apache.hadoop.hive.ql.security.SessionStateUserAuthenticator',
    ...(admins.length > 0 ? { 'hive.users.in.admin.role': admins.join(',') } : {}),
  };
}
