import type { ComponentChart } from '../../../core/chart';
import type { ComputeRole } from './compute';
import { PORTS } from './names';

/** Who speaks to whom inside the namespace. */
export function writeWays(chart: ComponentChart, role: ComputeRole): void {
  const { sql, http, rpc, log, meta, heartbeat, thrift, brpc, web, starlet } = PORTS;
  const [operator, frontends, nodes] = [chart.pods('operator'), chart.pods('frontend'), chart.pods(role)];
  // It takes nodes that are gone out of the cluster, and asks what the cluster can do.
  chart.allow(operator, frontends, sql, http);
  // They vote, and hand on to the one that leads what only it may do.
  chart.allow(frontends, frontends, log, sql, rpc, http, meta);
  chart.allow(frontends, nodes, heartbeat, thrift, brpc, web, starlet);
  // They sign in, report what they have, and ask where tablets are.
  chart.allow(nodes, frontends, sql, rpc, http, meta);
  chart.allow(nodes, nodes, thrift, brpc, web, starlet);
}
