import { endpoint } from '../../../core/endpoint';

const component = 'spark';

/** Ports that are fixed, so that network policies can be exact. */
export const PORTS = { driver: 7078, blockManager: 7079, ui: 4040 } as const;

/** The server of Spark Connect in the namespace of a team: its Deployment, its Service and the Secret of its token. */
export const CONNECT = { name: 'spark-connect', port: 15_002 } as const;

/** Admission of SparkApplications and of their pods; the API server calls it. */
export const operatorWebhook = endpoint({
  component,
  service: 'spark-operator-webhook',
  port: 9443,
  scheme: 'https',
  role: 'webhook',
});

/** Metrics of the operator under /metrics; the pod that leads has those of jobs. */
export const operatorMetrics = endpoint({
  component,
  service: 'spark-operator-metrics',
  port: 8080,
  scheme: 'http',
  role: 'controller',
});

/** Finished and running jobs, read from their event logs. */
export const historyServer = endpoint({
  component,
  service: 'spark-history-server',
  port: 18_080,
  scheme: 'http',
  role: 'history',
});
