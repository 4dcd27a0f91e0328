import type { Construct } from 'constructs';
import type { Upstream } from '../core/upstream';
import { toYaml } from '../core/yaml';
import {
  Application,
  type ApplicationSpecSource,
  type ApplicationSpecSyncPolicy,
} from '../imports/application-argoproj.io';

/** Namespace in which Argo CD and all Applications live. */
export const ARGOCD_NAMESPACE = 'argocd';

/** The cluster that Argo CD itself runs in. */
export const IN_CLUSTER = 'https://kubernetes.default.svc';

export interface ApplicationOptions {
  readonly name: string;
  readonly project: string;
  readonly source: ApplicationSpecSource;
  /** Namespace of objects that name none. */
  readonly namespace: string;
  /** Order among the Applications of a site; lower comes first. */
  readonly wave?: number;
  /** Whether what vanishes from the source is deleted in the cluster. */
  readonly prune: boolean;
  /** How its objects are compared with those of the cluster, in Argo CD's words. */
  readonly compareOptions?: string;
}

/**
 * An Application that keeps the cluster as its source says. It has no finalizer: deleting it leaves everything it
 * brought in place, data included.
 */
export function application(scope: Construct, options: ApplicationOptions): Application {
  const { name, project, source, namespace, wave, prune, compareOptions } = options;
  const annotations = {
    ...(wave === undefined ? {} : { 'argocd.argoproj.io/sync-wave': String(wave) }),
    ...(compareOptions === undefined ? {} : { 'argocd.argoproj.io/compare-options': compareOptions }),
  };
  return new Application(scope, `application-${name}`, {
    metadata: {
      name,
      namespace: ARGOCD_NAMESPACE,
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: {
      project,
      source,
      destination: { server: IN_CLUSTER, namespace },
      syncPolicy: syncPolicy(prune),
      revisionHistoryLimit: 5,
    },
  });
}

/** Long enough for images to be pulled, nodes to come and webhooks to answer: about an hour in all. */
const RETRY = { limit: 12, backoff: { duration: '15s', factor: 2, maxDuration: '10m' } } as const;

const syncPolicy = (prune: boolean): ApplicationSpecSyncPolicy => ({
  // Argo CD leaves false out when it writes an Application back, and root would see a difference for ever.
  automated: { ...(prune ? { prune } : {}), selfHeal: true },
  retry: RETRY,
  syncOptions: ['ServerSideApply=true', 'CreateNamespace=false', 'RespectIgnoreDifferences=true'],
});

/** Where Argo CD takes something from that its publisher keeps. */
export function upstreamSource(upstream: Upstream): ApplicationSpecSource {
  const { repository, version } = upstream;
  if (upstream.kind === 'chart') {
    const values = Object.keys(upstream.values).length > 0 ? { values: toYaml(upstream.values) } : {};
    const helm = { releaseName: upstream.name, ...values, ...(upstream.skipCrds ? { skipCrds: true } : {}) };
    return { repoUrl: repository, chart: upstream.chart, targetRevision: version, helm };
  }
  const directory = upstream.include ? { directory: { include: upstream.include } } : {};
  return { repoUrl: repository, path: upstream.path, targetRevision: version, ...directory };
}
