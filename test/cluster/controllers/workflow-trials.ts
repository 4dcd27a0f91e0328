import type { Scene } from '../proof';
import { until } from '../wait';
import { type ArgoWorkflows, IMAGE, type Workflow, workflowsOf } from './argo-workflows';
import { isGone } from './gone';
import { wasAsked } from './refusals';
import { endPod, HOLD, type WorkflowPod } from './workflow-pods';

/** Something that a workflow may ask of the controller, beside its steps. */
export interface Trial {
  readonly what: string;
  /** Returns what is wrong. */
  run(): Promise<readonly string[]>;
}

/** Workflows that dist itself has: Argo CD waits for their end. */
export const distTrials = ({ site }: Scene, argo: ArgoWorkflows, timeoutMs: number): readonly Trial[] =>
  site.objects
    .filter(({ manifest }) => manifest.kind === 'Workflow')
    .map(({ manifest: { metadata } }) => ({
      what: `workflow ${metadata.namespace}/${metadata.name} of dist, whose steps do nothing`,
      async run() {
        const { name, namespace = '' } = metadata;
        const { phase, message } = await argo.followToEnd(namespace, name, timeoutMs);
        return phase === 'Succeeded' ? [] : [`${name}: ${phase}: ${message}`];
      },
    }));

/** Everything of workflows in a team's namespace that its role lets the controller do. */
export function workflowTrials(
  scene: Scene,
  argo: ArgoWorkflows,
  namespace: string,
  timeoutMs: number,
): readonly Trial[] {
  const trial = new Trials(scene, argo, namespace, timeoutMs);
  return [
    { what: 'a workflow with a claim, a budget, a semaphore and artifacts, all taken away', run: trial.tidy },
    { what: 'a schedule that makes a workflow of a template', run: trial.scheduled },
    { what: 'a workflow that is stopped while a step runs', run: trial.stopped },
    { what: 'a workflow with a step that asks by HTTP, which is refused', run: trial.http },
    ...(argo.keepsArchive
      ? [
          {
            what: 'a workflow that is in the archive when it is over, by the label it gets',
            run: trial.archived,
          },
        ]
      : []),
  ];
}

const GROUP = '/apis/argoproj.io/v1alpha1';
const apiVersion = 'argoproj.io/v1alpha1';
const STORAGE = 'test';

class Trials {
  constructor(
    private readonly scene: Scene,
    private readonly argo: ArgoWorkflows,
    private readonly namespace: string,
    private readonly timeoutMs: number,
  ) {}

  readonly archived = async (): Promise<readonly string[]> => {
    const { namespace, timeoutMs } = this;
    const name = 'kept';
    const { problems } = await this.argo.runToEnd(
      {
        apiVersion,
        kind: 'Workflow',
        metadata: { name, namespace },
        spec: {
          entrypoint: 'wait',
          templates: [{ name: 'wait', container: { image: IMAGE, command: ['true'] } }],
        },
      },
      timeoutMs,
    );
    const { api } = this.scene.cluster;
    const label = async () => {
      const { metadata } = await api.get<Workflow>(`${workflowsOf(namespace)}/${name}`);
      return metadata.labels?.['workflows.argoproj.io/workflow-archiving-status'] === 'Archived';
    };
    await until(`archiving of workflow ${name}`, label, { timeoutMs: 60_000 });
    const found = await this.argo.archived(namespace);
    return found.includes(name) ? problems : [...problems, `the archive has only ${found.join(', ')}`];
  };

  readonly tidy = async (): Promise<readonly string[]> => {
    const { namespace, timeoutMs } = this;
    const { api } = this.scene.cluster;
    const name = 'tidy';
    await this.volume();
    await api.create(`/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name: 'semaphores' },
      data: { [name]: '1' },
    });
    const { problems } = await this.argo.runToEnd(
      {
        apiVersion,
        kind: 'Workflow',
        metadata: { name, namespace },
        spec: {
          entrypoint: 'write',
          synchronization: { semaphores: [{ configMapKeyRef: { name: 'semaphores', key: name } }] },
          podDisruptionBudget: { minAvailable: 1 },
          volumeClaimTemplates: [
            {
              metadata: { name: 'work' },
              spec: {
                accessModes: ['ReadWriteOnce'],
                storageClassName: STORAGE,
                resources: { requests: { storage: '1Gi' } },
              },
            },
          ],
          volumeClaimGC: { strategy: 'OnWorkflowCompletion' },
          podGC: { strategy: 'OnPodCompletion', deleteDelayDuration: '1s' },
          artifactGC: { strategy: 'OnWorkflowCompletion' },
          // Well after the artifacts are gone: where both come together, Argo Workflows 4.1.2 forgets its finalizer
          // («must never update completed workflows» after a conflict).
          ttlStrategy: { secondsAfterSuccess: 40 },
          templates: [
            {
              name: 'write',
              container: {
                image: IMAGE,
                command: ['sh', '-c', 'date > /work/date'],
                volumeMounts: [{ name: 'work', mountPath: '/work' }],
              },
              outputs: { artifacts: [{ name: 'date', path: '/work/date' }] },
            },
          ],
        },
      },
      timeoutMs,
    );
    const left = [
      `${workflowsOf(namespace)}/${name}`,
      `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}-work`,
      `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${name}`,
    ];
    for (const path of left) await this.gone(path);
    const owned = `labelSelector=workflows.argoproj.io%2Fworkflow%3D${name}`;
    for (const list of [
      `/api/v1/namespaces/${namespace}/pods`,
      `${GROUP}/namespaces/${namespace}/workflowtaskresults`,
    ]) {
      await until(
        `the end of ${list} of ${name}`,
        async () => (await api.list(`${list}?${owned}`)).length === 0,
        {
          timeoutMs,
        },
      );
    }
    return problems;
  };

  readonly scheduled = async (): Promise<readonly string[]> => {
    const { namespace, timeoutMs } = this;
    const { api } = this.scene.cluster;
    const name = 'ticking';
    const metadata = { name, namespace };
    await api.create(`${GROUP}/namespaces/${namespace}/workflowtemplates`, {
      apiVersion,
      kind: 'WorkflowTemplate',
      metadata,
      spec: {
        entrypoint: 'tick',
        templates: [{ name: 'tick', container: { image: IMAGE, command: ['date'] } }],
      },
    });
    const schedules = `${GROUP}/namespaces/${namespace}/cronworkflows`;
    await api.create(schedules, {
      apiVersion,
      kind: 'CronWorkflow',
      metadata,
      spec: {
        schedules: ['@every 5s'],
        concurrencyPolicy: 'Forbid',
        workflowSpec: { workflowTemplateRef: { name } },
      },
    });
    const query = `labelSelector=workflows.argoproj.io%2Fcron-workflow%3D${name}`;
    await this.argo.controller.alive(
      until(
        `a workflow of CronWorkflow ${namespace}/${name} that has ended well`,
        async () =>
          (await api.list<Workflow>(`${workflowsOf(namespace)}?${query}`)).some(
            ({ status }) => status?.phase === 'Succeeded',
          ),
        { timeoutMs, everyMs: 1_000 },
      ),
    );
    await api.patch(`${schedules}/${name}`, { spec: { suspend: true } });
    return [];
  };

  readonly stopped = async (): Promise<readonly string[]> => {
    const { namespace, timeoutMs } = this;
    const { cluster } = this.scene;
    const { api } = cluster;
    const name = 'stopped';
    const workflows = workflowsOf(namespace);
    await api.create(workflows, {
      apiVersion,
      kind: 'Workflow',
      metadata: { name, namespace },
      spec: {
        entrypoint: 'wait',
        templates: [
          {
            name: 'wait',
            metadata: { annotations: { [HOLD]: 'true' } },
            container: { image: IMAGE, command: ['sleep', 'infinity'] },
          },
        ],
      },
    });
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const query = `labelSelector=workflows.argoproj.io%2Fworkflow%3D${name}`;
    const pod = await until(
      `a running step of ${name}`,
      async () =>
        (await api.list<WorkflowPod>(`${pods}?${query}`)).find(({ status }) => status.phase === 'Running')
          ?.metadata.name,
      { timeoutMs },
    );
    await api.patch(`${workflows}/${name}`, { spec: { shutdown: 'Stop' } });
    // There is no container that could be told to end.
    await until('the signal to the step', async () => wasAsked(cluster, `${pods}/${pod}/exec`), {
      timeoutMs,
      everyMs: 1_000,
    });
    await endPod(api, namespace, pod, 143);
    const { phase, message } = await this.argo.followToEnd(namespace, name, timeoutMs);
    return phase === 'Failed' ? [] : [`${name}: ${phase}: ${message}`];
  };

  readonly http = async (): Promise<readonly string[]> => {
    const { namespace, timeoutMs } = this;
    const name = 'asking';
    await this.scene.cluster.api.create(workflowsOf(namespace), {
      apiVersion,
      kind: 'Workflow',
      metadata: { name, namespace },
      spec: {
        entrypoint: 'ask',
        templates: [{ name: 'ask', http: { url: 'http://localhost' } }],
      },
    });
    const { phase, nodes = {} } = await this.argo.followToEnd(namespace, name, timeoutMs);
    const told = Object.values(nodes).map(({ message }) => message ?? '');
    if (phase === 'Error' && told.some((message) => message.includes('create agent pod failed'))) return [];
    return [`${name}: ${phase}, and not for its agent: ${told.join('; ')}`];
  };

  /** A volume for a claim: nothing makes volumes here. */
  private async volume(): Promise<void> {
    await this.scene.cluster.api.create('/api/v1/persistentvolumes', {
      metadata: { name: STORAGE },
      spec: {
        storageClassName: STORAGE,
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        hostPath: { path: '/nowhere' },
      },
    });
  }

  private gone(path: string): Promise<boolean> {
    return until(`the end of ${path}`, () => isGone(this.scene.cluster.api.get(path)), {
      timeoutMs: this.timeoutMs,
      everyMs: 500,
    });
  }
}
