import type { ComponentChart } from '../../../core/chart';
import { PORTS } from './names';

/** Who speaks to whom inside the namespace. */
export function writeWays(chart: ComponentChart): void {
  const [operator, backup] = [chart.pods('operator'), chart.pods('backup')];
  const [instances, poolers] = [chart.pods('instance'), chart.pods('pooler')];
  chart.allow(operator, instances, PORTS.status, PORTS.clients);
  chart.allow(operator, backup, PORTS.plugin);
  // They follow the one that writes, and by the other port it learns whether it is alone.
  chart.allow(instances, instances, PORTS.clients, PORTS.status);
  chart.allow(poolers, instances, PORTS.clients);
  for (const each of [instances, poolers]) chart.useApiServer(each);
  chart.serveApiServer(operator, PORTS.webhook);
}
