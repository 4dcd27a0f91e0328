import { restrictedContainer, restrictedPod } from '../../../core/workload';
import { BUILDS, type BuildCase, buildCases } from '../admission/builds';
import { type Case, casesOf, type JobPods, jobPods, otherPolicies } from '../admission/cases';
import { ApiError } from '../api';
import type { Outcome, Proof, Scene } from '../proof';
import type { DistObject } from '../site';
import { until } from '../wait';

/** The API server itself keeps pods of jobs off the wrong nodes, whoever writes them. */
export const admission: Proof = {
  name: 'admission',
  claim:
    'the API server refuses pods of jobs that could run on the wrong nodes, and says why; the others pass',
  sites: 'every',
  columns: [],
  programs: [],
  async run(scene: Scene): Promise<Outcome> {
    const { site } = scene;
    const policies = site.objects.filter(({ manifest }) => manifest.kind === 'ValidatingAdmissionPolicy');
    const problems = untried(policies);
    const counts = { passed: 0, refused: 0 };
    for (const pods of jobPods.filter((each) => isThere(scene, each))) {
      const policy = policies.find(({ manifest }) => manifest.metadata.name === pods.policy);
      if (!policy) {
        problems.push(`there is no policy ${pods.policy}, so nothing keeps a ${pods.what} off other nodes`);
        continue;
      }
      const tried = await tryAll(scene, pods, messagesOf(policy).join());
      problems.push(...tried.problems);
      counts.passed += tried.passed;
      counts.refused += tried.refused;
    }
    const builds = policies.find(({ manifest }) => manifest.metadata.name === BUILDS.policy);
    if (builds) {
      const tried = await tryBuilds(scene, messagesOf(builds));
      problems.push(...tried.problems);
      counts.passed += tried.passed;
      counts.refused += tried.refused;
    }
    const others = policies.flatMap(({ manifest: { metadata } }) =>
      otherPolicies[metadata.name] ? [metadata.name] : [],
    );
    const figures = [
      `${site.name}: ${counts.refused} pods refused, ${counts.passed} let pass`,
      ...others.map((name) => `${site.name}: policy ${name} is not tried here: ${otherPolicies[name]}`),
    ];
    return { findings: [], problems: problems.map((line) => `${site.name}: ${line}`), figures };
  },
};

/** Whether a site has the component, and the namespace where such pods run. */
const isThere = ({ site }: Scene, { component, namespace }: JobPods): boolean =>
  site.components.some(({ name }) => name === component) &&
  (namespace === undefined || site.synthesis.model.site.namespaces.some(({ name }) => name === namespace));

const untried = (policies: readonly DistObject[]): string[] =>
  policies
    .map(({ manifest }) => manifest.metadata.name)
    .filter(
      (name) =>
        name !== BUILDS.policy && !(name in otherPolicies) && !jobPods.some(({ policy }) => policy === name),
    )
    .map((name) => `policy ${name} was not tried: test/cluster/admission/cases.ts names no pods of it`);

/** What whoever made the pod is told, one message a validation. */
function messagesOf({ manifest }: DistObject): string[] {
  // The kind tells the shape: the API server refuses such an object of any other.
  const { validations } = manifest.spec as unknown as {
    readonly validations: readonly { readonly message: string }[];
  };
  return validations.map(({ message }) => message);
}

interface Tried {
  readonly problems: readonly string[];
  readonly passed: number;
  readonly refused: number;
}

/** Every case in every namespace that is meant; pods without a label of jobs are nobody's business. */
async function tryAll(scene: Scene, pods: JobPods, message: string): Promise<Tried> {
  const { teams, cloud } = scene.site.synthesis.model.site;
  const cases = casesOf(cloud.capacity, pods.on);
  const namespaces = pods.namespace ? [pods.namespace] : teams.map(({ namespace }) => namespace);
  const [first] = namespaces;
  const [wrong] = cases.filter(({ passes }) => !passes);
  if (!first || !wrong) throw new Error(`there is no namespace or no wrong ${pods.what} to try`);
  // The API server compiles a policy that is new a moment after it has taken it.
  await until(
    `effect of ${pods.policy}`,
    async () => (await create(scene, first, wrong, pods.labels)) !== undefined,
    { timeoutMs: 30_000 },
  );
  const [problems, counts]: [string[], Record<'passed' | 'refused', number>] = [
    [],
    { passed: 0, refused: 0 },
  ];
  for (const namespace of namespaces) {
    const other = await create(scene, namespace, wrong, {});
    if (other !== undefined) problems.push(`${namespace}: a pod of no job is refused: ${other}`);
    for (const each of cases) {
      const refusal = await create(scene, namespace, each, pods.labels);
      const title = `${namespace}: ${pods.what} ${each.name}`;
      if (refusal === undefined && !each.passes) problems.push(`${title} is let pass`);
      else if (refusal !== undefined && each.passes) problems.push(`${title} is refused: ${refusal}`);
      else if (refusal !== undefined && !refusal.includes(message)) {
        problems.push(`${title} is refused without the reason «${message}»: ${refusal}`);
      } else counts[refusal === undefined ? 'passed' : 'refused']++;
    }
  }
  return { problems, ...counts };
}

/** Every case where images are built; each refusal is by the validation that is there for it. */
async function tryBuilds(scene: Scene, messages: readonly string[]): Promise<Tried> {
  const cases = buildCases(scene.site.objects);
  const ask = ({ spec }: BuildCase) => createPod(scene, BUILDS.namespace, {}, spec);
  const wrong = cases.filter(({ refusedBy }) => refusedBy !== undefined);
  await until(`effect of ${BUILDS.policy}`, async () => wrong[0] && (await ask(wrong[0])) !== undefined, {
    timeoutMs: 30_000,
  });
  const problems: string[] = [];
  for (const each of cases) {
    const refusal = await ask(each);
    const message = each.refusedBy === undefined ? undefined : messages[each.refusedBy];
    const title = `${BUILDS.namespace}: ${each.name}`;
    if (message === undefined && refusal !== undefined) problems.push(`${title} is refused: ${refusal}`);
    else if (message !== undefined && refusal === undefined) problems.push(`${title} is let pass`);
    else if (message !== undefined && !refusal?.includes(message)) {
      problems.push(`${title} is refused without the reason «${message}»: ${refusal}`);
    }
  }
  return { problems, refused: wrong.length, passed: cases.length - wrong.length };
}

/** Asks for a pod with one restricted container; returns why it is refused. */
function create(
  scene: Scene,
  namespace: string,
  { pod }: Case,
  labels: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const container = {
    name: 'main',
    image: 'registry.example/any:1',
    securityContext: restrictedContainer(),
    resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { memory: '1Mi' } },
  };
  return createPod(scene, namespace, labels, {
    ...pod,
    automountServiceAccountToken: false,
    securityContext: restrictedPod(1000),
    containers: [container],
  });
}

/** Asks for a pod that is not made in the end; returns why it is refused. */
async function createPod(
  { cluster }: Scene,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  spec: object,
): Promise<string | undefined> {
  try {
    await cluster.api.create(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'admission', labels },
      spec,
    });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return error.message;
    throw error;
  }
}
