import { BUILDKIT_USER, ROLES } from '../../../charts/delivery/images/tools';
import type { Manifest } from '../../../core/manifest';
import { restrictedContainer, restrictedPod } from '../../../core/workload';
import type { DistObject } from '../site';

/** The namespace in which images are built, and the policy that holds there for every pod. */
export const BUILDS = { namespace: 'images', policy: 'images-only-builds-unconfined' } as const;

/** A pod that is asked for where images are built. */
export interface BuildCase {
  readonly name: string;
  readonly spec: object;
  /** Number of the validation of the policy that refuses it, from 0; undefined where it passes. */
  readonly refusedBy?: number;
}

/** Validations of the policy, in their order. */
const [POD, BUILD, OTHER] = [0, 1, 2];

interface Container {
  readonly image: string;
  readonly securityContext: SecurityContext;
}

type SecurityContext = Readonly<Record<string, unknown>> & {
  readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] };
};

/** The container of a build, as the template of dist has it. */
function builder(objects: readonly DistObject[]): Container {
  const templates = objects
    .filter(({ manifest }) => manifest.kind === 'WorkflowTemplate')
    .flatMap(({ manifest }) => templatesOf(manifest));
  const build = templates.find(
    ({ metadata }) => metadata?.labels?.['app.kubernetes.io/component'] === ROLES.build,
  );
  if (!build?.container) throw new Error(`dist has no template with a pod of role ${ROLES.build}`);
  const { image, securityContext } = build.container;
  return { image, securityContext };
}

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly container?: Container;
}

// The CRD holds the shape.
const templatesOf = ({ spec }: Manifest): readonly Template[] =>
  (spec as unknown as { readonly templates: readonly Template[] }).templates;

/** What a build is, and everything that another pod could have from its exception. */
export function buildCases(objects: readonly DistObject[]): readonly BuildCase[] {
  const build = builder(objects);
  const other = { image: 'registry.example/any:1', securityContext: restrictedContainer() };
  const pod = restrictedPod(BUILDKIT_USER);
  const of = (containers: readonly object[], more: object = {}): object => ({
    automountServiceAccountToken: false,
    securityContext: pod,
    ...more,
    containers: containers.map((each, index) => ({ name: `c${index}`, resources: SMALL, ...each })),
  });
  const changed = <C extends { readonly securityContext: object }>(container: C, change: object): C => ({
    ...container,
    securityContext: { ...container.securityContext, ...change },
  });
  const passes: readonly BuildCase[] = [
    { name: 'a build as dist has it, beside a restricted container', spec: of([build, other]) },
    { name: 'a restricted pod', spec: of([other]) },
  ];
  const ofNode = Object.entries({
    'the network of its node': { hostNetwork: true },
    'the processes of its node': { hostPID: true },
    'the memory of its node': { hostIPC: true },
    'a folder of its node': { volumes: [{ name: 'node', hostPath: { path: '/' } }] },
    'no filter of system calls': { securityContext: { ...pod, seccompProfile: { type: 'Unconfined' } } },
    'leave to run as root': { securityContext: { ...pod, runAsNonRoot: false } },
  }).map(([name, more]) => ({
    name: `a build with ${name}`,
    spec: of([build, other], more),
    refusedBy: POD,
  }));
  const builds = Object.entries({
    'that is privileged': { privileged: true },
    'as root': { runAsUser: 0, runAsNonRoot: false },
    'as another user': { runAsUser: BUILDKIT_USER + 1 },
    'that keeps capabilities': { capabilities: { ...build.securityContext.capabilities, drop: [] } },
    'with another capability': {
      capabilities: { ...build.securityContext.capabilities, add: ['SETUID', 'SYS_ADMIN'] },
    },
  }).map(([name, change]) => ({
    name: `a build ${name}`,
    spec: of([changed(build, change)]),
    refusedBy: BUILD,
  }));
  const others = Object.entries({
    'that is privileged': { privileged: true, allowPrivilegeEscalation: true },
    'that may gain privileges': { allowPrivilegeEscalation: true },
    'as root': { runAsUser: 0, runAsNonRoot: false },
    'that may be root': { runAsNonRoot: false },
    'that keeps capabilities': { capabilities: { drop: [] } },
    'with a capability': { capabilities: { drop: ['ALL'], add: ['SETUID'] } },
    'without filter of system calls': { seccompProfile: { type: 'Unconfined' } },
  }).map(([name, change]) => ({
    name: `another image ${name}`,
    spec: of([build, changed(other, change)]),
    refusedBy: OTHER,
  }));
  const imitations = Object.entries({
    'another image with the rights of a build': of([{ ...build, image: other.image }]),
    'another tag of BuildKit with the rights of a build': of([{ ...build, image: `${build.image}-dev` }]),
    'another image with the rights of a build, before the others': of([other], {
      initContainers: [{ name: 'init', resources: SMALL, ...build, image: other.image }],
    }),
  }).map(([name, spec]) => ({ name, spec, refusedBy: OTHER }));
  return [...passes, ...ofNode, ...builds, ...others, ...imitations];
}

/** The quota of the namespace wants them. */
const SMALL = { requests: { cpu: '1m', memory: '1Mi' }, limits: { memory: '1Mi' } } as const;
