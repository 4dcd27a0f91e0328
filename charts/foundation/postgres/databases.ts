import type { ComponentChart, Database as Request } from '../../../core/chart';
import { InputError } from '../../../core/problem';
import { Database, DatabaseRole } from '../../../imports/cloudnative-pg';
import { generatedSecret } from '../secrets';
import { passwordSecret, sqlName } from './names';
import { POOL_SIZE } from './pooler';
import type { Settings } from './settings';

/** Connections that nobody is given: of replicas, of the operator, and of whoever looks after it when it is full. */
const SPARE = 10;

/** A database for each that is asked for, and a role of the same name that owns it and may open no other. */
export function writeDatabases(
  chart: ComponentChart,
  requests: readonly Request[],
  settings: Settings,
): void {
  checkConnections(requests, settings);
  const cluster = { name: settings.cluster };
  for (const { name, connections } of requests) {
    const secret = passwordSecret(name);
    const user = sqlName(name);
    const metadata = { name: `${settings.cluster}-${name}`, namespace: chart.home };
    generatedSecret(chart, {
      name: secret,
      keys: { password: 'password' },
      texts: { username: user },
      type: 'kubernetes.io/basic-auth',
    });
    new DatabaseRole(chart, `role-${name}`, {
      metadata,
      spec: {
        cluster,
        name: user,
        login: true,
        connectionLimit: connectionsOf(connections, settings),
        passwordSecret: { name: secret },
        databaseRoleReclaimPolicy: 'retain',
      },
    });
    new Database(chart, `database-${name}`, {
      metadata,
      spec: { cluster, name: user, owner: user, databaseReclaimPolicy: 'retain' },
    });
  }
}

/** What a database may have at most: what its users open, or what the poolers open for them. */
const connectionsOf = (given: number | undefined, { poolers }: Settings): number =>
  given ?? POOL_SIZE * poolers.count;

/**
 * All databases together must find their connections.
 * @throws InputError where they do not
 */
function checkConnections(requests: readonly Request[], settings: Settings): void {
  // Poolers also look up passwords, as they would use a database.
  const lookups = connectionsOf(undefined, settings);
  const each = requests.map(({ name, connections }) => [name, connectionsOf(connections, settings)] as const);
  const needed = each.reduce((sum, [, connections]) => sum + connections, lookups + SPARE);
  if (needed <= settings.connections) return;
  const list = each.map(([name, connections]) => `${name} ${connections}`).join(', ');
  throw new InputError([
    {
      field: 'connections',
      found: settings.connections,
      message: `is less than databases may open: ${list}, poolers ${lookups}, and ${SPARE} to spare`,
      remedy: `write ${needed} or more`,
    },
  ]);
}
