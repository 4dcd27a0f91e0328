import type { Manifest } from '../../../core/manifest';
import type { Api } from '../api';
import { greeting } from '../controllers/argo-workflows';
import { isStream } from '../controllers/spark-operator';
import type { Scene } from '../proof';
import { until } from '../wait';
import type { SparkRun, Workflow } from './judge';

/** All of it takes some minutes where nothing is in the way; a submission that was cut off is made again after one. */
const TIMEOUT_MS = 10 * 60_000;

const MEDALLION = 'medallion';

interface Ended {
  readonly workflows: readonly Workflow[];
  readonly runs: readonly SparkRun[];
  /** Spark jobs that have no end. */
  readonly streams: readonly SparkRun[];
}

/** What runs while programs are killed: workflows of two steps, one after the other, and chains of three Spark jobs. */
export class Load {
  private readonly submitted: { readonly namespace: string; readonly name: string }[] = [];
  /** Workflows of dist. */
  private readonly written: readonly { readonly namespace: string; readonly name: string }[];
  private readonly streams: ReadonlySet<string>;

  constructor(private readonly scene: Scene) {
    const manifests = scene.site.objects.map(({ manifest }) => manifest);
    this.written = manifests
      .filter(({ kind }) => kind === 'Workflow')
      .map(({ metadata: { namespace = '', name } }) => ({ namespace, name }));
    this.streams = new Set(manifests.filter(isStream).map(keyOf));
  }

  /** How many workflows were submitted. */
  get size(): number {
    return this.submitted.length;
  }

  /** Submits a workflow of two steps in the namespace of one team after the other. */
  async greet(): Promise<void> {
    const { teams } = this.scene.site.synthesis.model.site;
    const team = teams[this.size % teams.length];
    if (!team) throw new Error(`${this.scene.site.name} has no team to run workflows for`);
    const { metadata, ...workflow } = greeting(team.namespace);
    await this.submit({ ...workflow, metadata: { ...metadata, name: `greeting-${this.size}` } });
  }

  /** Submits a chain of Spark jobs, as dist has it. */
  async refine(): Promise<void> {
    const template = this.scene.site.objects.find(
      ({ manifest }) => manifest.kind === 'WorkflowTemplate' && manifest.metadata.name === MEDALLION,
    );
    if (!template) return;
    const { namespace = '' } = template.manifest.metadata;
    await this.submit({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { name: `${MEDALLION}-${this.size}`, namespace },
      spec: { workflowTemplateRef: { name: MEDALLION } },
    });
  }

  /**
   * Waits until all workflows, also those of dist, and all Spark jobs have ended and all streams run, and returns them;
   * one that is lost is an error.
   */
  async ended(): Promise<Ended> {
    const { api } = this.scene.cluster;
    let open: readonly string[] = [];
    return until(
      'the end of all workflows and Spark jobs',
      async () => {
        const workflows = await this.workflows(api);
        const all = await api.list<SparkRun>('/apis/sparkoperator.k8s.io/v1beta2/sparkapplications');
        const streams = all.filter((run) => this.streams.has(keyOf(run)));
        const runs = all.filter((run) => !streams.includes(run));
        open = [
          ...workflows
            .filter((each) => !isOver(each))
            .map(({ metadata, status }) => `${metadata.name} ${status?.phase ?? 'not begun'}`),
          ...[...runs.filter((each) => !hasEnded(each)), ...streams.filter((each) => !goesOn(each))].map(
            ({ metadata, status }) => `${metadata.name} ${JSON.stringify(status?.applicationState)}`,
          ),
        ];
        return open.length === 0 && { workflows, runs, streams };
      },
      { timeoutMs: TIMEOUT_MS, everyMs: 1_000, state: () => open.join(', ') },
    );
  }

  private workflows(api: Api): Promise<Workflow[]> {
    return Promise.all(
      [...this.written, ...this.submitted].map(({ namespace, name }) =>
        api.get<Workflow>(`${WORKFLOWS}/namespaces/${namespace}/workflows/${name}`),
      ),
    );
  }

  private async submit(workflow: Submission): Promise<void> {
    const { namespace, name } = workflow.metadata;
    this.submitted.push({ namespace, name });
    await this.scene.cluster.api.create(`${WORKFLOWS}/namespaces/${namespace}/workflows`, workflow);
  }
}

type Submission = ReturnType<typeof greeting>;

const WORKFLOWS = '/apis/argoproj.io/v1alpha1';

const keyOf = ({ metadata: { namespace, name } }: Pick<Manifest, 'metadata'>): string =>
  `${namespace}/${name}`;

const isOver = ({ metadata, status }: Workflow): boolean =>
  metadata.labels?.['workflows.argoproj.io/completed'] === 'true' && status?.phase !== undefined;

const hasEnded = ({ status }: SparkRun): boolean =>
  ['COMPLETED', 'FAILED'].includes(status?.applicationState?.state ?? '');

const goesOn = ({ status }: SparkRun): boolean => status?.applicationState?.state === 'RUNNING';
