import type { Api, Resource } from '../api';
import type { WorkflowStatus } from '../controllers/argo-workflows';
import { JOB, type Jobs } from './large-site';
import { partOf } from './spark-jobs';

/** Steps of a workflow that run at the same time. */
const STEPS = 10;

const collection = (namespace: string): string =>
  `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows`;

/** Submits workflows of a team whose steps are as many pods as the team may run. */
export async function submitWorkflows({ namespace, role, pods }: Jobs, api: Api): Promise<void> {
  const workflows = Math.ceil(pods / STEPS);
  for (let at = 0; at < workflows; at++) {
    await api.create(collection(namespace), workflowOf(`steps-${at}`, role, partOf(pods, workflows, at)));
  }
}

/** As a user writes it: where its pods run and how often they are tried is what the platform says. */
const workflowOf = (name: string, role: string, count: number): object => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { name },
  spec: {
    entrypoint: 'all',
    podMetadata: { labels: { [JOB]: role } },
    templates: [
      { name: 'all', steps: [[{ name: 'step', template: 'work', withSequence: { count: `${count}` } }]] },
      {
        name: 'work',
        container: { image: 'docker.io/library/busybox:1.37', command: ['sleep', 'infinity'] },
      },
    ],
  },
});

interface Workflow extends Resource {
  readonly status?: WorkflowStatus;
}

/** What became of the steps of all workflows. */
export interface Steps {
  readonly workflows: number;
  /** Pods that the controller gave up, to make others in their place. */
  readonly retried: number;
  /** Workflows that do not run, with the reason. */
  readonly problems: readonly string[];
}

export async function stepsOf(namespaces: readonly string[], api: Api): Promise<Steps> {
  const found: Workflow[] = [];
  for (const namespace of namespaces) found.push(...(await api.list<Workflow>(collection(namespace))));
  return judgeSteps(found);
}

export function judgeSteps(workflows: readonly Workflow[]): Steps {
  const pods = workflows.flatMap(({ status }) =>
    Object.values(status?.nodes ?? {}).filter(({ type }) => type === 'Pod'),
  );
  return {
    workflows: workflows.length,
    retried: pods.filter(({ phase }) => phase === 'Error' || phase === 'Failed').length,
    problems: workflows.flatMap(({ metadata, status: { phase = 'not begun', message } = {} }) =>
      phase === 'Running'
        ? []
        : [`workflow ${metadata.namespace}/${metadata.name}: ${phase}${message ? `: ${message}` : ''}`],
    ),
  };
}
