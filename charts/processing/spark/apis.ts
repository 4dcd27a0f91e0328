import type { Apis, CustomKind } from '../../../core/component';
import type { Manifest } from '../../../core/manifest';
import type { PodTemplate } from '../../../core/pods';
import type { SparkApplicationSpec, SparkPodSpec } from '../../../imports/spark-operator';
import { podMemory } from './memory';

/** A pod as Spark makes it of a template: with the image, the requests and the account of the job. */
function pod(
  path: string,
  { image }: SparkApplicationSpec,
  { template, cores = 1, memory = '1024m', serviceAccount }: SparkPodSpec,
): PodTemplate {
  const { labels = {} } = template?.metadata ?? {};
  const { request } = podMemory(memory.replace(/m$/, 'Mi').replace(/g$/, 'Gi'));
  // A template of constructs and one read from a file differ in the types of quantities only; it is read here.
  const spec = template?.spec as unknown as PodTemplate['spec'] | undefined;
  const [main = { name: 'spark' }, ...others] = spec?.containers ?? [];
  const resources = { requests: { cpu: String(cores), memory: request }, limits: { memory: request } };
  return {
    path: `${path}.template`,
    labels,
    spec: {
      ...spec,
      containers: [{ ...main, ...(image ? { image } : {}), resources }, ...others],
      ...(serviceAccount ? { serviceAccountName: serviceAccount } : {}),
    },
  };
}

const podsOf = (spec: SparkApplicationSpec, path: string): PodTemplate[] => [
  pod(`${path}.driver`, spec, spec.driver),
  pod(`${path}.executor`, spec, spec.executor),
];

/** A kind with the specification of a job at a path. */
const jobKind = (path: 'spec' | 'spec.template'): CustomKind => ({
  scope: 'Namespaced',
  pods({ spec }: Manifest) {
    // The kind tells the shape: the API server refuses such an object of any other.
    const job = path === 'spec' ? spec : (spec as unknown as { readonly template: unknown }).template;
    return podsOf(job as SparkApplicationSpec, path);
  },
});

/** The kinds that the operator's CRDs bring. */
export const apis: Apis = {
  group: 'sparkoperator.k8s.io',
  kinds: {
    SparkApplication: jobKind('spec'),
    ScheduledSparkApplication: jobKind('spec.template'),
    SparkConnect: { scope: 'Namespaced' },
  },
};
