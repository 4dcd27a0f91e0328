import { restrictedContainer, restrictedPod } from '../../../core/workload';
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
      const tried = await tryAll(scene, pods, messageOf(policy));
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
    .filter((name) => !(name in otherPolicies) && !jobPods.some(({ policy }) => policy === name))
    .map((name) => `policy ${name} was not tried: test/cluster/admission/cases.ts names no pods of it`);

/** What whoever made the pod is told. */
function messageOf({ manifest }: DistObject): string {
  // The kind tells the shape: the API server refuses such an object of any other.
  const { validations } = manifest.spec as unknown as {
    readonly validations: readonly { readonly message: string }[];
  };
  return validations.map(({ message }) => message).join();
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

/** Asks for a pod that is not made in the end; returns why it is refused. */
async function create(
  { cluster }: Scene,
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
  try {
    await cluster.api.create(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'admission', labels },
      spec: {
        ...pod,
        automountServiceAccountToken: false,
        securityContext: restrictedPod(1000),
        containers: [container],
      },
    });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return error.message;
    throw error;
  }
}
