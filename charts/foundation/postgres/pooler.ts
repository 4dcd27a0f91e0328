import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { scheduling } from '../../../core/placement';
import { PRIORITIES } from '../../../core/workload';
import { Pooler } from '../../../imports/cloudnative-pg';
import { IMAGES } from './names';
import type { Settings } from './settings';

/** Connections that one pooler opens to each database. */
export const POOL_SIZE = 10;

/** What the poolers of a cluster are called. */
export const poolerName = ({ cluster }: Pick<Settings, 'cluster'>): string => `${cluster}-pooler`;

/** Poolers: thousands of clients share a few connections, each for one transaction. */
export function writePooler(chart: ComponentChart, settings: Settings): void {
  const { cluster, poolers } = settings;
  const { cpu, memory } = poolers;
  const name = poolerName(settings);
  const labels = chart.podLabels('pooler');
  new Pooler(chart, 'pooler', {
    metadata: { name, namespace: chart.home },
    spec: {
      cluster: { name: cluster },
      type: 'rw',
      instances: poolers.count,
      pgbouncer: {
        image: chart.site.image(IMAGES.pooler),
        poolMode: 'transaction',
        parameters: {
          client_tls_sslmode: 'require',
          default_pool_size: String(POOL_SIZE),
          max_client_conn: '1000',
          // Statements that a client prepared are prepared anew where they are run.
          max_prepared_statements: '200',
        },
      },
      template: {
        metadata: { labels: { 'app.kubernetes.io/part-of': 'lakeport' } },
        spec: {
          ...scheduling(chart.placement('pooler'), chart.site.cloud.capacity, labels),
          priorityClassName: PRIORITIES.serving,
          enableServiceLinks: false,
          containers: [{ name: 'pgbouncer', resources: { requests: { cpu, memory }, limits: { memory } } }],
        },
      },
    },
  });
  if (poolers.count < 2) return;
  new k8s.KubePodDisruptionBudget(chart, 'pooler-budget', {
    metadata: { name, namespace: chart.home },
    spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: labels } },
  });
}
