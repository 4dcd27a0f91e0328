import type { PodEntry, SiteModel } from '../model';
import type { Container } from '../pods';
import type { Problem } from '../problem';
import { parseQuantity } from '../quantity';
import { podsBehind } from './references';
import { at, inPod, type Rule } from './rule';

const containersOf = ({ pod }: PodEntry): readonly Container[] => [
  ...(pod.spec.initContainers ?? []),
  ...pod.spec.containers,
];

const eachContainer =
  (broken: (container: Container, path: string, entry: PodEntry) => Problem[]): Rule['check'] =>
  (model) =>
    model.pods.flatMap((entry) =>
      containersOf(entry).flatMap((container) =>
        broken(container, `spec.containers[${container.name}]`, entry),
      ),
    );

export const requestsAndLimits: Rule = {
  name: 'requests-and-limits',
  summary: 'Every container requests CPU and memory and has a memory limit',
  check: eachContainer(({ resources }, path, entry) => {
    const fields = {
      'requests.cpu': resources?.requests?.cpu,
      'requests.memory': resources?.requests?.memory,
      'limits.memory': resources?.limits?.memory,
    };
    return Object.entries(fields)
      .filter(([, value]) => !isQuantity(value))
      .map(([field, found]) =>
        inPod(
          entry,
          `${path}.resources.${field}`,
          found === undefined
            ? { found, message: 'is missing', remedy: 'set it' }
            : { found, message: 'is no quantity', remedy: 'write it as text, such as "250m" or "64Mi"' },
        ),
      );
  }),
};

/** Custom kinds without a schema hold anything, which only their controller would notice. */
function isQuantity(value: unknown): boolean {
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  try {
    parseQuantity(value);
    return true;
  } catch {
    return false;
  }
}

const TAG = /:(?<tag>[\w][\w.-]{0,127})(@sha256:[a-f0-9]{64})?$/;

export const pinnedImages: Rule = {
  name: 'pinned-images',
  summary: 'Every image has a version tag, and none is latest',
  check: eachContainer(({ image }, path, entry) => {
    const tag = TAG.exec(image ?? '')?.groups?.tag;
    if (tag && tag !== 'latest') return [];
    const message = tag ? 'has the tag latest, which is another image tomorrow' : 'has no version tag';
    return [inPod(entry, `${path}.image`, { found: image, message, remedy: 'pin a version of versions.ts' })];
  }),
};

export const tokensInUse: Rule = {
  name: 'tokens-in-use',
  summary: 'A pod has a service-account token only where its account may do something with it',
  check(model) {
    const bound = boundAccounts(model);
    return model.pods.flatMap((entry) => {
      const { automountServiceAccountToken: mounts, serviceAccountName: account } = entry.pod.spec;
      if (mounts === false) return [];
      const path = 'spec.automountServiceAccountToken';
      if (mounts === undefined) {
        const message = 'is not said, and the token is mounted then';
        return [inPod(entry, path, { found: undefined, message, remedy: 'set it' })];
      }
      const { namespace } = entry.manifest.metadata;
      if (bound.has(`${namespace}/${account}`)) return [];
      // Who makes an account for the pods that it makes also binds it.
      if (account && model.findMaker({ group: '', kind: 'ServiceAccount', namespace, name: account }))
        return [];
      const message = 'mounts a token with which nothing is allowed';
      return [inPod(entry, path, { found: account, message, remedy: 'do not mount it, or bind a role' })];
    });
  },
};

interface Binding {
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

const boundAccounts = (model: SiteModel): Set<string> =>
  new Set(
    model.entries
      .filter(({ manifest }) => manifest.kind.endsWith('RoleBinding'))
      // The kind tells the shape.
      .flatMap(({ manifest }) => (manifest as unknown as Binding).subjects ?? [])
      .map(({ namespace, name }) => `${namespace}/${name}`),
  );

export const servedPodsAreProbed: Rule = {
  name: 'served-pods-are-probed',
  summary: 'What a Service sends requests to says when it is ready',
  check: (model) =>
    services(model).flatMap((service) =>
      podsBehind(model, service)
        .filter(
          ({ manifest, pod }) =>
            isWorkload(manifest.kind) && !pod.spec.containers.some((each) => each.readinessProbe),
        )
        .map((entry) =>
          inPod(entry, 'spec.containers', {
            found: undefined,
            message: `has no readiness probe, and Service ${service.manifest.metadata.name} sends it requests`,
            remedy: 'give the serving container a readinessProbe',
          }),
        ),
    ),
};

export const servedPodsAreReplicated: Rule = {
  name: 'served-pods-are-replicated',
  summary: 'What serves has two replicas or more at all times, or a reason why not',
  check: (model) =>
    services(model).flatMap((service) =>
      podsBehind(model, service)
        .filter(({ manifest }) => isWorkload(manifest.kind))
        .filter(({ component, manifest, pod }) => {
          // A Deployment that an autoscaler scales says no number; its range does.
          const scale = model.scaleOf(component, manifest.metadata.name);
          return (scale?.min ?? pod.replicas ?? 1) < 2 && !scale?.reason;
        })
        .map((entry) =>
          at(entry, 'spec.replicas', {
            found: entry.pod.replicas,
            message: 'serves with a single replica, which is gone while its node is',
            remedy: 'run two or more, or say why one is right with fixed(1, reason)',
          }),
        ),
    ),
};

const isWorkload = (kind: string): boolean => kind === 'Deployment' || kind === 'StatefulSet';

const services = (model: SiteModel) =>
  model.entries.filter(({ manifest }) => manifest.kind === 'Service' && manifest.apiVersion === 'v1');
