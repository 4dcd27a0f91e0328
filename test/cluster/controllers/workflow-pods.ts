import type { Manifest } from '../../../core/manifest';
import type { Api, Resource } from '../api';
import type { Cluster } from '../cluster';
import { Kinds } from '../kinds';
import { run } from '../shell';
import { pause, repeat } from '../wait';

/** Annotation by which a pod of a workflow is told to end; kwok's stage reads it. */
const EXIT_CODE = 'test.lakeport.io/exit-code';

/** Annotation of a pod whose step goes on until something ends it. */
export const HOLD = 'test.lakeport.io/hold';

/** How often a resource template looks at its object; the real executor takes five seconds. */
const LOOK_MS = 1_000;

/** Label of pods that names their workflow. */
const WORKFLOW = 'workflows.argoproj.io/workflow';

interface Account {
  readonly namespace: string;
  readonly name: string;
}

export interface WorkflowPod extends Resource {
  readonly spec: {
    readonly serviceAccountName: string;
    readonly nodeName?: string;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status: { readonly phase?: string };
}

interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** A template of a workflow as its pod is given it, with all parameters filled in. */
interface Template {
  readonly name: string;
  readonly resource?: {
    readonly action: string;
    readonly manifest?: string;
    readonly flags?: readonly string[];
    readonly successCondition?: string;
    readonly failureCondition?: string;
  };
  readonly outputs?: {
    readonly parameters?: readonly { readonly name: string }[];
    readonly artifacts?: readonly { readonly name: string; readonly path: string }[];
  };
  /** Where outputs are kept, by the kind of the object store. */
  readonly archiveLocation?: Readonly<Record<string, object | boolean>>;
}

interface Result {
  readonly succeeded: boolean;
  readonly message: string;
  readonly outputs: object;
}

/**
 * Does in place of the executor what it asks of the API server from within a pod: with the pod's own account it
 * applies what a resource template says and follows it, and it reports results.
 */
export class WorkflowPods {
  private readonly handled = new Set<string>();
  private readonly lost = new Set<string>();
  private readonly doomed = new Set<string>();
  private readonly played = new Map<string, Account>();
  /** What went wrong in a pod. */
  readonly problems: string[] = [];
  private running = true;
  private readonly loop: Promise<void>;

  constructor(
    private readonly cluster: Cluster,
    private readonly namespaces: readonly string[],
  ) {
    this.loop = repeat(
      () => this.running,
      500,
      () => this.look(),
    );
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
  }

  /** From now on nothing is done for a pod any more: as if its node were gone. One of the same name may follow it. */
  lose({ metadata }: Resource): void {
    this.lost.add(metadata.uid ?? '');
  }

  /** Steps of a workflow may fail from now on: that is tried. */
  mayFail(workflow: string): void {
    this.doomed.add(workflow);
  }

  /** Accounts of the pods that were played. */
  get accounts(): readonly Account[] {
    return [...this.played.values()];
  }

  private async look(): Promise<void> {
    for (const namespace of this.namespaces) {
      const query = 'labelSelector=workflows.argoproj.io%2Fcompleted%3Dfalse';
      const pods = await this.cluster.api.list<WorkflowPod>(`/api/v1/namespaces/${namespace}/pods?${query}`);
      for (const pod of pods) {
        const uid = pod.metadata.uid ?? '';
        if (pod.status.phase !== 'Running' || this.handled.has(uid)) continue;
        if (pod.metadata.annotations?.[HOLD]) continue;
        this.handled.add(uid);
        void this.play(pod).catch((error: unknown) => {
          this.problems.push(`pod ${namespace}/${pod.metadata.name}: ${messageOf(error)}`);
        });
      }
    }
  }

  private async play(pod: WorkflowPod): Promise<void> {
    const { name, namespace = '' } = pod.metadata;
    const account = pod.spec.serviceAccountName;
    this.played.set(`${namespace}/${account}`, { namespace, name: account });
    const api = await this.cluster.apiOf(namespace, account);
    if (pod.metadata.labels?.['workflows.argoproj.io/component'] === 'artifact-gc') {
      await deleteArtifacts(pod, api);
      await endPod(this.cluster.api, namespace, name, 0);
      return;
    }
    const template = templateOf(pod);
    const outcome = await resultOf(template, pod, api, this.cluster).catch(
      (error: unknown): Result => ({
        succeeded: false,
        message: messageOf(error),
        outputs: {},
      }),
    );
    if (this.lost.has(pod.metadata.uid ?? '')) return;
    const isMeant = this.doomed.has(pod.metadata.labels?.[WORKFLOW] ?? '');
    if (!outcome.succeeded && !isMeant) this.problems.push(`pod ${namespace}/${name}: ${outcome.message}`);
    await report(pod, outcome, api);
    await endPod(this.cluster.api, namespace, name, outcome.succeeded ? 0 : 1);
  }
}

/** Lets a pod of a workflow end. */
export const endPod = (api: Api, namespace: string, name: string, exitCode: number): Promise<unknown> =>
  api.patch(`/api/v1/namespaces/${namespace}/pods/${name}`, {
    metadata: { annotations: { [EXIT_CODE]: String(exitCode) } },
  });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function templateOf({ metadata, spec }: WorkflowPod): Template {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const text = containers.flatMap(({ env = [] }) => env).find(({ name }) => name === 'ARGO_TEMPLATE')?.value;
  if (!text) throw new Error(`${metadata.name} is given no template`);
  // Written by the controller.
  return JSON.parse(text) as Template;
}

async function resultOf(template: Template, pod: WorkflowPod, api: Api, cluster: Cluster): Promise<Result> {
  if (template.resource) return followResource(template.resource, pod, api, cluster);
  const parameters = (template.outputs?.parameters ?? []).map(({ name }) => ({
    name,
    value: `${name} of ${pod.metadata.name}`,
  }));
  const artifacts = (template.outputs?.artifacts ?? []).map((each) => ({
    ...each,
    ...keptAt(template, each),
  }));
  const outputs = {
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(artifacts.length > 0 ? { artifacts } : {}),
  };
  return { succeeded: true, message: '', outputs };
}

/** Where an artifact is kept: under its name at the place that the controller chose for the step. */
function keptAt({ archiveLocation = {} }: Template, { name }: { readonly name: string }): object {
  for (const [store, at] of Object.entries(archiveLocation)) {
    if (typeof at !== 'object') continue;
    for (const [field, value] of Object.entries(at)) {
      if (field === 'key' || field === 'blob') return { [store]: { [field]: `${value}/${name}.tgz` } };
    }
  }
  throw new Error(`no store is given for artifact ${name}`);
}

/** As the executor in a pod that deletes artifacts, of which there are none in any store here. */
async function deleteArtifacts({ metadata, spec }: WorkflowPod, api: Api): Promise<void> {
  const { namespace } = metadata;
  const hash = spec.containers
    .flatMap(({ env = [] }) => env)
    .find(({ name }) => name === 'ARGO_ARTIFACT_POD_NAME')?.value;
  if (!hash) throw new Error(`${metadata.name} is not told which artifacts to delete`);
  const tasks = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflowartifactgctasks`;
  const query = `labelSelector=${encodeURIComponent(`workflows.argoproj.io/artifact-gc-pod=${hash}`)}`;
  for (const task of await api.list<ArtifactTask>(`${tasks}?${query}`)) {
    const results = Object.entries(task.spec.artifactsByNode).map(([node, { artifacts }]) => [
      node,
      {
        artifactResults: Object.fromEntries(
          Object.keys(artifacts).map((name) => [name, { name, success: true }]),
        ),
      },
    ]);
    await api.patch(`${tasks}/${task.metadata.name}/status`, {
      status: { artifactResultsByNode: Object.fromEntries(results) },
    });
  }
}

interface ArtifactTask extends Resource {
  readonly spec: {
    readonly artifactsByNode: Readonly<
      Record<string, { readonly artifacts: Readonly<Record<string, object>> }>
    >;
  };
}

/** As the executor: by kubectl, with the rights of the pod. */
async function followResource(
  { action, manifest, flags = [], successCondition, failureCondition }: NonNullable<Template['resource']>,
  pod: WorkflowPod,
  api: Api,
  cluster: Cluster,
): Promise<Result> {
  const { namespace = '' } = pod.metadata;
  const kubeconfig = await cluster.kubeconfigOf(namespace, pod.spec.serviceAccountName);
  const where = [`--kubeconfig=${kubeconfig}`, `--namespace=${namespace}`];
  const what = manifest ? ['-o', 'json', '-f', '-', ...flags] : flags;
  const output = await run(cluster.binaries.kubectl ?? 'kubectl', [action, ...where, ...what], {
    ...(manifest ? { input: manifest } : {}),
  });
  if (!successCondition) return { succeeded: true, message: '', outputs: {} };
  // What kubectl printed is the object that it made.
  const path = await new Kinds(api).pathOf(JSON.parse(output) as Manifest);
  for (;;) {
    const live = await api.get<Resource>(path);
    if (failureCondition && holds(failureCondition, live)) {
      return { succeeded: false, message: `${path}: ${failureCondition}`, outputs: {} };
    }
    if (holds(successCondition, live)) return { succeeded: true, message: '', outputs: {} };
    await pause(LOOK_MS);
  }
}

/** Conditions of the form `path == value`, which is all that our templates write. */
function holds(condition: string, live: object): boolean {
  const [, path, value] = /^([\w.]+) == (\w+)$/.exec(condition) ?? [];
  if (!path || !value) throw new Error(`the condition «${condition}» is not understood here`);
  let at: unknown = live;
  for (const key of path.split('.')) {
    at =
      typeof at === 'object' && at !== null && key in at ? (at as Record<string, unknown>)[key] : undefined;
  }
  return at === value;
}

/** As the executor does: a result that is not complete when it starts, and then is. */
async function report({ metadata }: WorkflowPod, { outputs, message }: Result, api: Api): Promise<void> {
  const { namespace, labels, annotations } = metadata;
  // The workflow is the owner, and does not wait for it to go.
  const ownerReferences = (metadata.ownerReferences ?? []).map(({ apiVersion, kind, name, uid }) => ({
    apiVersion,
    kind,
    name,
    uid,
  }));
  const node = annotations?.['workflows.argoproj.io/node-id'];
  const workflow = labels?.[WORKFLOW];
  if (!node || !workflow) throw new Error(`${metadata.name} does not say which step of which workflow it is`);
  const results = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflowtaskresults`;
  const completed = 'workflows.argoproj.io/report-outputs-completed';
  await api.create(results, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'WorkflowTaskResult',
    metadata: {
      name: node,
      labels: { [WORKFLOW]: workflow, [completed]: 'false' },
      ownerReferences,
    },
  });
  await api.patch(`${results}/${node}`, {
    metadata: { labels: { [completed]: 'true' } },
    ...(message ? { message } : {}),
    outputs,
  });
}
