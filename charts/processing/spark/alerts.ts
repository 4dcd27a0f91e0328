import type { ComponentChart } from '../../../core/chart';
import { kindReference } from '../../../core/references';
import { type AlertingRule, PrometheusRule } from '../../../imports/prometheus-operator';
import type { Settings } from './settings';
import { AFTER_OPERATOR } from './submitted';

const NAME = 'spark-jobs';

/**
 * What the operator counts: internal/metrics and pkg/common/metrics.go of the Spark operator 2.5.2, by namespace as
 * `--metrics-labels` says. Histograms have `_bucket` behind their names.
 */
export const OPERATOR_METRICS = [
  'spark_application_failure_count',
  'spark_application_failed_submission_count',
  'spark_application_submit_latency_seconds_histogram_bucket',
  'spark_executor_failure_count',
  'spark_executor_running_count',
] as const;

/** What kube-state-metrics tells of pods. */
export const CLUSTER_METRICS = ['kube_pod_status_unschedulable'] as const;

/** Window over which is looked back. */
const WINDOW = '15m';

/**
 * What a counter has grown by in the window. A counter appears with its first event, which `increase` would miss, and
 * a new operator begins anew.
 */
const grown = (counter: string): string =>
  `(${counter} - ${counter} offset ${WINDOW} > 0) or (${counter} unless ${counter} offset ${WINDOW})`;

/** Executors, by the names that Spark gives to their pods. */
const WAITING = 'kube_pod_status_unschedulable{namespace=~"team-.+", pod=~".+-exec-[0-9]+"}';

/** Where somebody looks first. */
const LOOK = {
  jobs: 'kubectl -n {{ $labels.namespace }} get sparkapplications; docs/jobs.md',
  operator: 'kubectl -n spark logs deployment/spark-operator-controller',
} as const;

/** Alerts of jobs. */
export const ALERTS: readonly AlertingRule[] = [
  alert(
    'SparkJobFailed',
    `sum by (namespace) (${grown('spark_application_failure_count')}) > 0`,
    undefined,
    'warning',
    'A Spark job in {{ $labels.namespace }} failed at its last try',
    LOOK.jobs,
  ),
  alert(
    'SparkSubmissionFailed',
    `sum by (namespace) (${grown('spark_application_failed_submission_count')}) > 0`,
    undefined,
    'warning',
    'A Spark job in {{ $labels.namespace }} could not be submitted',
    LOOK.jobs,
  ),
  alert(
    'SparkExecutorsLost',
    `sum by (namespace) (increase(spark_executor_failure_count[${WINDOW}]))` +
      ` > 5 and sum by (namespace) (increase(spark_executor_failure_count[${WINDOW}]))` +
      ` > 0.5 * sum by (namespace) (avg_over_time(spark_executor_running_count[${WINDOW}]))`,
    undefined,
    'warning',
    'In 15 minutes, more than half of the Spark executors in {{ $labels.namespace }} failed',
    `${LOOK.jobs}: spotShare`,
  ),
  alert(
    'SparkExecutorsWithoutNode',
    `sum by (namespace) (${WAITING}) > 0`,
    '15m',
    'warning',
    '{{ $value }} Spark executors in {{ $labels.namespace }} find no spot node: there is none to be had, or the pool is at its limit',
    `${LOOK.jobs}: spotShare`,
  ),
  alert(
    'SparkSubmissionSlow',
    'histogram_quantile(0.95, sum by (le) ' +
      `(rate(spark_application_submit_latency_seconds_histogram_bucket[${WINDOW}]))) > 120`,
    '15m',
    'warning',
    'One Spark job in twenty waits more than two minutes for the operator: more are started than it is sized for',
    `${LOOK.operator}; npx lakeport explain spark.submissionsPerMinute`,
  ),
];

function alert(
  name: string,
  expr: string,
  held: string | undefined,
  severity: 'warning' | 'critical',
  summary: string,
  description: string,
): AlertingRule {
  return {
    alert: name,
    expr,
    ...(held === undefined ? {} : { for: held }),
    labels: { severity },
    annotations: { summary, description },
  };
}

/** Rules for a Prometheus that the site has from elsewhere; it must scrape the operator and kube-state-metrics. */
export function writeAlerts(chart: ComponentChart, { alerts }: Settings): void {
  if (alerts === undefined) return;
  chart.external(
    kindReference('monitoring.coreos.com', 'PrometheusRule'),
    'the overlay says, by its alerts, that the site has the Prometheus operator from elsewhere',
  );
  new PrometheusRule(chart, 'alerts', {
    metadata: { name: NAME, namespace: chart.home, labels: alerts.labels, annotations: AFTER_OPERATOR },
    spec: { groups: [{ name: NAME, rules: ALERTS }] },
  });
}
