import { endpoint } from '../../../core/endpoint';

const component = 'argo-workflows';

/**
 * API and user interface. Its certificate is made when it starts, so that tokens are never sent in the clear; no
 * authority vouches for it.
 */
export const argoServer = endpoint({
  component,
  service: 'argo-server',
  port: 2746,
  scheme: 'https',
  role: 'server',
});

/** Metrics of the controller under /metrics; the pod that leads has those of workflows. */
export const controllerMetrics = endpoint({
  component,
  service: 'workflow-controller-metrics',
  port: 9090,
  scheme: 'http',
  role: 'controller',
});
