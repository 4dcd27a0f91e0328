import type { ComponentChart } from '../../../core/chart';
import { PORTS } from './names';
import { oidcEgress } from './oidc';
import type { Settings } from './settings';

/** Who speaks to whom inside the namespace, as the operator lets it where it writes such policies itself. */
export function writeWays(chart: ComponentChart, settings: Settings): void {
  const pods = (role: string) => chart.pods(role);
  const [operator, entities] = [pods('operator'), pods('entity-operator')];
  const [controllers, brokers] = [pods('controller'), pods('broker')];
  chart.allow(controllers, controllers, PORTS.control);
  chart.allow(brokers, controllers, PORTS.control);
  chart.allow(brokers, brokers, PORTS.replication);
  // Controllers tell brokers nothing by themselves, but forward what an administrator asks of them.
  chart.allow(controllers, brokers, PORTS.replication);
  chart.allow(operator, controllers, PORTS.control, PORTS.agent);
  chart.allow(operator, brokers, PORTS.replication, PORTS.agent);
  chart.allow(entities, brokers, PORTS.replication);
  chart.allow(pods('exporter'), brokers, PORTS.replication);
  // Topics and users; certificates and the rack of a node are read by the nodes of the cluster.
  for (const each of [entities, controllers, brokers]) chart.useApiServer(each);
  if (settings.oidc) chart.reach(brokers, oidcEgress(settings.oidc));
}

/** The same for Cruise Control. */
export function writeRebalanceWays(chart: ComponentChart): void {
  const rebalance = chart.pods('cruise-control');
  chart.allow(rebalance, chart.pods('broker'), PORTS.replication);
  for (const role of ['operator', 'entity-operator'])
    chart.allow(chart.pods(role), rebalance, PORTS.rebalance);
}
