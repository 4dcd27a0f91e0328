import type { Manifest } from '../../../core/manifest';
import type { Resource } from '../api';
import type { Scene } from '../proof';
import { until } from '../wait';
import { type ArgoWorkflows, type NewWorkflow, workflowsOf } from './argo-workflows';
import { isGone } from './gone';
import { wasAsked } from './refusals';
import { isStream, type SparkApplication, type SparkOperator, sparkJobsOf } from './spark-operator';
import { endPod } from './workflow-pods';
import type { Trial } from './workflow-trials';

const MEDALLION = 'medallion';

/** What else the operator does with jobs, taken from those of dist. */
export function jobTrials(scene: Scene, operator: SparkOperator, timeoutMs: number): readonly Trial[] {
  const job = scene.site.objects.find(
    ({ manifest }) => manifest.kind === 'SparkApplication' && !isStream(manifest),
  )?.manifest;
  if (!job) return [];
  const { namespace = '' } = job.metadata;
  const { api } = scene.cluster;
  const jobs = sparkJobsOf(namespace);
  return [
    {
      what: 'a job whose service an earlier try has left',
      async run() {
        const name = 'again';
        await api.create(`/api/v1/namespaces/${namespace}/services`, {
          metadata: { name: `${name}-ui-svc` },
          spec: { selector: { left: 'behind' }, ports: [{ name: 'web', port: 1 }] },
        });
        await api.create(jobs, { ...job, metadata: { name, namespace } });
        return operator.followToEnd(namespace, name, timeoutMs);
      },
    },
    {
      what: 'a schedule that makes a job, which is deleted when its time is over',
      async run() {
        const name = 'ticking';
        const schedules = jobs.replace('sparkapplications', 'scheduledsparkapplications');
        await api.create(schedules, {
          apiVersion: job.apiVersion,
          kind: 'ScheduledSparkApplication',
          metadata: { name, namespace },
          spec: {
            schedule: '@every 5s',
            concurrencyPolicy: 'Forbid',
            template: { ...(job.spec as object), timeToLiveSeconds: 1 },
          },
        });
        const made = await operator.controller.alive(
          until(
            `a job of ScheduledSparkApplication ${namespace}/${name}`,
            async () =>
              (await api.list<SparkApplication>(jobs)).find(({ metadata }) =>
                metadata.ownerReferences?.some((owner) => owner.name === name),
              )?.metadata.name,
            { timeoutMs, everyMs: 500 },
          ),
        );
        await api.patch(`${schedules}/${name}`, { spec: { suspend: true } });
        await until(`the end of ${namespace}/${made}`, () => isGone(api.get(`${jobs}/${made}`)), {
          timeoutMs,
          everyMs: 500,
        });
        return [];
      },
    },
  ];
}

/** Jobs that workflows start, by the examples of dist. */
export function workflowJobTrials(scene: Scene, argo: ArgoWorkflows, timeoutMs: number): readonly Trial[] {
  const template = find(scene, 'WorkflowTemplate', MEDALLION);
  if (!template) return [];
  const { namespace = '' } = template.metadata;
  const { api } = scene.cluster;
  const jobs = sparkJobsOf(namespace);
  const workflow = (name: string): NewWorkflow => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name, namespace },
    spec: { workflowTemplateRef: { name: MEDALLION } },
  });
  const jobsIn = (name: string) =>
    api.list<SparkApplication>(`${jobs}?labelSelector=lakeport.io%2Fworkflow%3D${name}`);
  /** The first job of a workflow, once it is there, and the pod that follows it, which is lost from then on. */
  const firstJob = async (name: string) => {
    const job = await until(`the first job of workflow ${name}`, async () => (await jobsIn(name))[0], {
      timeoutMs,
      everyMs: 200,
    });
    const query = `labelSelector=workflows.argoproj.io%2Fworkflow%3D${name}`;
    const [pod] = await api.list<Resource>(`/api/v1/namespaces/${namespace}/pods?${query}`);
    if (!pod) throw new Error(`workflow ${name} has no pod`);
    argo.pods.lose(pod);
    return { job, pod: `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}` };
  };
  return [
    {
      what: `workflow ${MEDALLION}, three jobs one after the other, which loses the pod that follows the first`,
      async run() {
        const running = argo.runToEnd(workflow(MEDALLION), timeoutMs);
        const { job, pod } = await firstJob(MEDALLION);
        await api.delete(`${pod}?gracePeriodSeconds=0`);
        const { problems } = await running;
        const now = await api.get<SparkApplication>(`${jobs}/${job.metadata.name}`);
        const same = now.metadata.uid === job.metadata.uid;
        return [...problems, ...(same ? [] : [`job ${namespace}/${job.metadata.name} was made twice`])];
      },
    },
    {
      what: `workflow ${MEDALLION}, stopped during its first job, which it takes away`,
      async run() {
        const name = `${MEDALLION}-stopped`;
        await api.create(workflowsOf(namespace), workflow(name));
        const { pod } = await firstJob(name);
        await api.patch(`${workflowsOf(namespace)}/${name}`, { spec: { shutdown: 'Stop' } });
        await until(
          'the signal to the pod that follows the job',
          async () => wasAsked(scene.cluster, `${pod}/exec`),
          { timeoutMs, everyMs: 500 },
        );
        await endPod(api, namespace, pod.split('/').at(-1) ?? '', 143);
        const { phase, message } = await argo.followToEnd(namespace, name, timeoutMs);
        const left = (await jobsIn(name)).filter(({ metadata }) => !metadata.deletionTimestamp);
        return [
          ...(phase === 'Failed' ? [] : [`${name}: ${phase}: ${message}`]),
          ...left.map(({ metadata }) => `${name} leaves job ${metadata.name}`),
        ];
      },
    },
    {
      what: 'a step of a workflow whose job fails: the next try of it makes the job anew',
      async run() {
        const name = 'failing';
        argo.pods.mayFail(name);
        const running = argo.runToEnd(
          {
            ...workflow(name),
            spec: {
              entrypoint: 'main',
              // Its steps may name parameters of the workflow.
              arguments: (template.spec as { readonly arguments?: object }).arguments ?? {},
              retryStrategy: { limit: 1, retryPolicy: 'Always' },
              templates: [{ name: 'main', steps: [[jobStep(template)]] }],
            },
          },
          timeoutMs,
        );
        const failed = await until(
          `a submitted job of workflow ${name}`,
          // Its driver may be over before the operator has seen it run.
          async () =>
            (await jobsIn(name)).find(({ status }) =>
              ['SUBMITTED', 'RUNNING'].includes(status?.applicationState?.state ?? ''),
            ),
          { timeoutMs, everyMs: 200 },
        );
        const url = `${jobs}/${failed.metadata.name}`;
        // As when its driver has failed three times, a minute apart.
        await api.patch(`${url}/status`, {
          status: { applicationState: { state: 'FAILED', errorMessage: 'as a trial says' } },
        });
        const { problems } = await running;
        const now = await api.get<SparkApplication>(url);
        const same = now.metadata.uid === failed.metadata.uid;
        return [...problems, ...(same ? [`job ${now.metadata.name} is the one that failed`] : [])];
      },
    },
  ];
}

interface Task {
  readonly name: string;
  readonly templateRef?: object;
  readonly arguments?: object;
}

/** The first job of a workflow of dist, as a step of another one. */
function jobStep({ spec }: Manifest): Task {
  // The CRD holds the shape.
  const { templates } = spec as unknown as {
    readonly templates: readonly { readonly dag?: { readonly tasks: readonly Task[] } }[];
  };
  const [first] = templates.flatMap(({ dag }) => dag?.tasks ?? []);
  if (!first?.templateRef) throw new Error(`${MEDALLION} has no job`);
  const { name, templateRef, arguments: given } = first;
  return { name, templateRef, ...(given ? { arguments: given } : {}) };
}

const find = ({ site }: Scene, kind: string, name: string): Manifest | undefined =>
  site.objects.find(({ manifest }) => manifest.kind === kind && manifest.metadata.name === name)?.manifest;
