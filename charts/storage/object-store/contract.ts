import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart, Recorded } from '../../../core/chart';
import { grantsOf } from '../../../core/grants';
import { planBuckets } from '../../../core/lifecycle';

/** The ConfigMap with the buckets. */
export const CONTRACT = { name: 'buckets', key: 'buckets.json' } as const;

/**
 * The buckets of the site as JSON, for whoever makes them: Terraform, a Job, a person.
 * - `store`: where it is
 * - `buckets`: each in the words of the store's own API; one object for all of them on Azure
 * - `grants`: who may do what, by purpose of the bucket
 */
export function writeContract(chart: ComponentChart, recorded: ReadonlyMap<string, Recorded>): void {
  const { site } = chart;
  const { objectStore } = site.cloud;
  const plans = planBuckets(site, [...recorded.values()]);
  const grants = grantsOf(recorded).map(({ bucket, namespace, serviceAccount, access }) => ({
    bucket,
    namespace,
    serviceAccount,
    access,
  }));
  const contract = { store: objectStore.client, buckets: objectStore.describe(plans), grants };
  new k8s.KubeConfigMap(chart, 'contract', {
    metadata: {
      name: CONTRACT.name,
      namespace: chart.home,
      annotations: { 'lakeport.io/documentation': 'docs/buckets.md' },
    },
    data: { [CONTRACT.key]: `${JSON.stringify(contract, undefined, 2)}\n` },
  });
}
