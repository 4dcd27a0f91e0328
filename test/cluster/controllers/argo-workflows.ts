import { spawnSync } from 'node:child_process';
import { versions } from '../../../versions';
import type { Resource } from '../api';
import { binary } from '../binaries';
import { Databases } from '../databases/databases';
import type { Scene } from '../proof';
import type { DistObject } from '../site';
import { minorOf } from '../tool';
import { until } from '../wait';
import type { Network } from './network';
import { Pod } from './pod';
import { refusals } from './refusals';
import { WorkflowPods } from './workflow-pods';

const COMPONENT = 'argo-workflows';
const CONTROLLER = { namespace: COMPONENT, name: 'workflow-controller' } as const;

export interface WorkflowStatus {
  readonly phase?: string;
  readonly message?: string;
  readonly nodes?: Readonly<Record<string, WorkflowNode>>;
}

export interface WorkflowNode {
  readonly displayName: string;
  readonly type: string;
  readonly phase: string;
  readonly message?: string;
  readonly outputs?: { readonly parameters?: readonly { readonly name: string; readonly value?: string }[] };
}

export interface Workflow extends Resource {
  readonly status?: WorkflowStatus;
}

/** A workflow that is still to be submitted. */
export interface NewWorkflow {
  readonly apiVersion: 'argoproj.io/v1alpha1';
  readonly kind: 'Workflow';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: object;
}

/** The real workflow controller as dist deploys it, and what plays the executor in its pods. */
export class ArgoWorkflows {
  private constructor(
    private readonly scene: Scene,
    readonly controller: Pod,
    readonly pods: WorkflowPods,
    private readonly databases: Databases | undefined,
  ) {}

  static async start(scene: Scene, network: Network): Promise<ArgoWorkflows> {
    const { cluster, site, say } = scene;
    const program = await binary('workflow-controller', say);
    const image = { entrypoint: [], files: { '/usr/local/bin/workflow-controller': program } };
    const { stdout } = spawnSync(program, ['version'], { encoding: 'utf8' });
    if (minorOf(stdout) !== minorOf(versions.argoWorkflows)) await dropNewKeys(scene);
    const databases = Databases.areOf(scene) ? await Databases.open(scene, network) : undefined;
    // It does not start without the database that its configuration names.
    if (databases && !databases.server) await dropArchive(scene);
    const controller = await Pod.start(cluster, network, CONTROLLER, image);
    await controller.ready();
    const pods = new WorkflowPods(cluster, servedNamespaces(site.objects));
    return new ArgoWorkflows(scene, controller, pods, databases);
  }

  /** Submits a workflow and waits for its end; returns its status and what is wrong with it. */
  async runToEnd(
    workflow: NewWorkflow,
    timeoutMs: number,
  ): Promise<{ readonly status: WorkflowStatus; readonly problems: readonly string[] }> {
    const { name, namespace } = workflow.metadata;
    await this.scene.cluster.api.create(workflowsOf(namespace), workflow);
    const status = await this.followToEnd(namespace, name, timeoutMs);
    return { status, problems: status.phase === 'Succeeded' ? [] : [`${name}: ${describe(status)}`] };
  }

  /** Waits for the end of a workflow, whatever it is. */
  async followToEnd(namespace: string, name: string, timeoutMs: number): Promise<WorkflowStatus> {
    let last: Workflow | undefined;
    const ended = await this.controller.alive(
      until(
        `the end of workflow ${namespace}/${name}`,
        async () => {
          last = await this.scene.cluster.api.get<Workflow>(`${workflowsOf(namespace)}/${name}`);
          return isOver(last) && last;
        },
        {
          timeoutMs,
          everyMs: 500,
          state: () => `${describe(last?.status)}; ${this.pods.problems.join('; ')}`,
        },
      ),
    );
    return ended.status ?? {};
  }

  /** Whether there is a database for workflows that are over. */
  get keepsArchive(): boolean {
    return this.databases?.server !== undefined;
  }

  /** The archived workflows of a namespace, by name. */
  async archived(namespace: string): Promise<readonly string[]> {
    const query = `SELECT name FROM argo_archived_workflows WHERE namespace = '${namespace}'`;
    return (await this.databases?.server?.ask(DATABASE, query)) ?? [];
  }

  /** What the roles of controller and workflow pods were short of. */
  refusals(): string[] {
    const { cluster } = this.scene;
    const { namespace, pod } = this.controller.workload;
    const found = [
      ...refusals(cluster, namespace, pod.serviceAccountName ?? 'default'),
      ...this.pods.accounts.flatMap((account) => refusals(cluster, account.namespace, account.name)),
    ];
    return found.filter((line) => !isMeant(line));
  }

  async stop(): Promise<void> {
    await this.pods.stop();
    await this.controller.service.stop();
    await this.databases?.stop();
  }
}

/** Namespaces in which the controller may make pods: those of teams, and of whatever else runs workflows. */
export const servedNamespaces = (objects: readonly DistObject[]): string[] =>
  objects.flatMap(({ manifest: { kind, metadata } }) =>
    kind === 'Role' && metadata.name === 'argo-workflow-controller' && metadata.namespace !== COMPONENT
      ? (metadata.namespace ?? [])
      : [],
  );

const DATABASE = 'argo_workflows';

/** Path of the workflows of a namespace. */
export const workflowsOf = (namespace: string): string =>
  `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows`;

/** Keys of the configuration that came with 4.1, which cannot be built here; 4.0 refuses what it does not know. */
const NEW_KEYS = /^\s*(addressingStyle):.*\n/gm;

const CONFIGURATION = `/api/v1/namespaces/${COMPONENT}/configmaps/workflow-controller-configmap`;

async function dropNewKeys({ cluster, say }: Scene): Promise<void> {
  const path = CONFIGURATION;
  const { data } = await cluster.api.get<Resource & { readonly data: Readonly<Record<string, string>> }>(
    path,
  );
  const older = Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, text.replaceAll(NEW_KEYS, '')]),
  );
  await cluster.api.patch(path, { data: older });
  const dropped = Object.values(data).flatMap((text) => [...text.matchAll(NEW_KEYS)].map(([, key]) => key));
  if (dropped.length > 0) say(`${COMPONENT}: without ${dropped.join(', ')}, which 4.0 does not know`);
}

async function dropArchive({ cluster, say }: Scene): Promise<void> {
  await cluster.api.patch(CONFIGURATION, { data: { persistence: null } });
  say(`${COMPONENT}: without persistence, for which there is no database`);
}

/**
 * Of an object that is not there kubectl asks whether its namespace is, and takes a refusal for yes. Pods that run
 * HTTP templates for the controller are not wanted, and that it cannot clear what it planned for them is a warning.
 */
const isMeant = (refusal: string): boolean =>
  / may not (get namespaces |get secrets argo-workflows-agent-ca-certificates |patch workflowtasksets\/status\.)/.test(
    refusal,
  );

const isOver = ({ metadata, status }: Workflow): boolean =>
  metadata.labels?.['workflows.argoproj.io/completed'] === 'true' && status?.phase !== undefined;

export function describe({ phase = 'not begun', message, nodes = {} }: WorkflowStatus = {}): string {
  const open = Object.values(nodes)
    .filter((node) => node.phase !== 'Succeeded')
    .map((node) => `${node.displayName} ${node.phase}${node.message ? ` (${node.message})` : ''}`);
  return [phase, ...(message ? [message] : []), ...open].join('; ');
}

/** A workflow as a user would write it first: two steps, the second of which takes what the first gives. */
export const greeting = (namespace: string): NewWorkflow => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { name: 'greeting', namespace },
  spec: {
    entrypoint: 'both',
    templates: [
      {
        name: 'both',
        steps: [
          [{ name: 'say', template: 'say' }],
          [
            {
              name: 'hear',
              template: 'hear',
              arguments: { parameters: [{ name: 'word', value: '{{steps.say.outputs.parameters.word}}' }] },
            },
          ],
        ],
      },
      {
        name: 'say',
        container: { image: IMAGE, command: ['sh', '-c', 'echo hello > /tmp/word'] },
        outputs: { parameters: [{ name: 'word', valueFrom: { path: '/tmp/word' } }] },
      },
      {
        name: 'hear',
        inputs: { parameters: [{ name: 'word' }] },
        container: { image: IMAGE, command: ['echo', '{{inputs.parameters.word}}'] },
      },
    ],
  },
});

export const IMAGE = 'docker.io/library/busybox:1.37';
