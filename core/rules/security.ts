import type { PodEntry, SiteModel } from '../model';
import type { Container, PodSpec } from '../pods';
import type { Problem } from '../problem';
import { at, inPod, type Rule } from './rule';

/** What the pod-security level of a namespace is; `restricted` where nothing else was asked for. */
const levelOf = (model: SiteModel, namespace: string | undefined): string =>
  model.site.namespaces.find(({ name }) => name === namespace)?.podSecurity?.level ?? 'restricted';

/** Volume types that `restricted` admits, as of Kubernetes 1.36. */
const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

export const restrictedPods: Rule = {
  name: 'restricted-pods',
  summary: 'Every pod is one that the pod-security level of its namespace admits',
  check: (model) =>
    model.pods
      .filter(({ manifest }) => levelOf(model, manifest.metadata.namespace) === 'restricted')
      .flatMap((entry) => [...podProblems(entry), ...containerProblems(entry)]),
};

const broken = (entry: PodEntry, path: string, found: unknown, wanted: string): Problem =>
  inPod(entry, path, {
    found,
    message: 'is not what the restricted profile admits',
    remedy: `${wanted}, or ask for another level of the namespace with a reason`,
  });

function podProblems(entry: PodEntry): Problem[] {
  const { spec } = entry.pod;
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const)
    .filter((field) => spec[field])
    .map((field) => broken(entry, `spec.${field}`, true, 'leave it out'));
  const volumes = (spec.volumes ?? []).flatMap(({ name, ...source }) =>
    Object.keys(source)
      .filter((type) => !VOLUMES.has(type))
      .map((type) => broken(entry, `spec.volumes[${name}]`, type, 'use another kind of volume')),
  );
  return [...shared, ...volumes];
}

const containerProblems = (entry: PodEntry): Problem[] =>
  [...(entry.pod.spec.initContainers ?? []), ...entry.pod.spec.containers].flatMap((container) => {
    const path = `spec.containers[${container.name}].securityContext`;
    return requirements(entry.pod.spec, container)
      .filter(({ holds }) => !holds)
      .map(({ field, found, wanted }) => broken(entry, `${path}.${field}`, found, wanted));
  });

function requirements(pod: PodSpec, { securityContext: own }: Container) {
  const inherited = pod.securityContext;
  const seccomp = own?.seccompProfile?.type ?? inherited?.seccompProfile?.type;
  const nonRoot = own?.runAsNonRoot ?? inherited?.runAsNonRoot;
  const user = own?.runAsUser ?? inherited?.runAsUser;
  const drop = own?.capabilities?.drop ?? [];
  const add = own?.capabilities?.add ?? [];
  return [
    { field: 'runAsNonRoot', found: nonRoot, holds: nonRoot === true, wanted: 'set it to true' },
    { field: 'runAsUser', found: user, holds: user !== 0, wanted: 'use a user other than 0' },
    {
      field: 'allowPrivilegeEscalation',
      found: own?.allowPrivilegeEscalation,
      holds: own?.allowPrivilegeEscalation === false,
      wanted: 'set it to false',
    },
    { field: 'privileged', found: own?.privileged, holds: !own?.privileged, wanted: 'leave it out' },
    { field: 'capabilities.drop', found: drop, holds: drop.includes('ALL'), wanted: 'drop ALL' },
    {
      field: 'capabilities.add',
      found: add,
      holds: add.every((each) => each === 'NET_BIND_SERVICE'),
      wanted: 'add none',
    },
    {
      field: 'seccompProfile.type',
      found: seccomp,
      holds: seccomp === 'RuntimeDefault' || seccomp === 'Localhost',
      wanted: 'use RuntimeDefault',
    },
    {
      field: 'readOnlyRootFilesystem',
      found: own?.readOnlyRootFilesystem,
      holds: own?.readOnlyRootFilesystem === true,
      wanted: 'set it to true and mount an emptyDir where the program writes',
    },
  ];
}

interface RbacRules {
  readonly rules?: readonly {
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
    readonly verbs?: readonly string[];
    readonly nonResourceURLs?: readonly string[];
  }[];
}

export const rbacWithoutWildcards: Rule = {
  name: 'rbac-without-wildcards',
  summary: 'Every role spells out groups, resources and verbs',
  check: (model) =>
    model.entries
      .filter(({ manifest }) => manifest.kind === 'Role' || manifest.kind === 'ClusterRole')
      .flatMap((entry) =>
        // The kind tells the shape.
        ((entry.manifest as unknown as RbacRules).rules ?? [])
          .filter((rule) => Object.values(rule).some((list) => list.some((each) => each.includes('*'))))
          .map((found) => {
            const remedy = 'spell out what is needed';
            return at(entry, 'rules', {
              found,
              message: 'has a wildcard, and allows more than is meant',
              remedy,
            });
          }),
      ),
};

export const noSecretValues: Rule = {
  name: 'no-secret-values',
  summary: 'No Secret with a value is written, because what is written goes to git',
  check: (model) =>
    model.entries
      .filter(({ manifest }) => manifest.kind === 'Secret' && (manifest.data ?? manifest.stringData))
      .map((entry) =>
        at(entry, 'data', {
          found: 'a value',
          message: 'would be readable by everyone who can read the repository',
          remedy: 'have it made in the cluster and name it only',
        }),
      ),
};

export const stableSelectors: Rule = {
  name: 'stable-selectors',
  summary: 'No selector depends on where in the code an object is made',
  check: (model) =>
    model.entries
      .filter(({ manifest }) => JSON.stringify(manifest).includes('cdk8s.io/metadata.addr'))
      .map((entry) =>
        at(entry, 'metadata.labels', {
          found: 'cdk8s.io/metadata.addr',
          message: 'is a hash of the construct path, and changes an immutable selector when code moves',
          remedy: 'select with podLabels()',
        }),
      ),
};
