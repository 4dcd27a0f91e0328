import type { ComponentChart } from '../../../core/chart';
import { objectLabels } from '../../../core/labels';
import { type JsonValue, toYaml } from '../../../core/yaml';
import { ClusterWorkflowTemplate, type Parameter, type Template } from '../../../imports/argo-workflows';
import { placed } from '../argo-workflows';
import { sparkApplicationSpec } from './application';
import { podMemory } from './memory';
import { JOB_PRIORITIES, suffixOf, withSuffix } from './priorities';
import type { Settings } from './settings';
import type { TeamPods } from './teams';

/** The template that every workflow may refer to, with `clusterScope: true`. */
export const SPARK_JOB = { name: 'spark-job', run: 'run', stop: 'stop', cleanUp: 'clean-up' } as const;

/** Label of jobs by which those of one workflow are found. */
const WORKFLOW = 'lakeport.io/workflow';

/** Annotation of jobs that names who follows them: another value for each pod that does. */
export const FOLLOWER = 'lakeport.io/follower';

const PRIORITY = 'priority';

/** What a caller may say of a job; the defaults are those of the site. */
const parametersOf = (settings: Settings): readonly Parameter[] => [
  { name: 'step', description: 'Name of the job within its workflow: lower-case letters, digits, dashes' },
  { name: 'program', description: 'URI of a Python file: local:///opt/lakeport/programs/…, or in a bucket' },
  { name: 'arguments', value: '[]', description: 'Arguments of the program as a JSON list of texts' },
  { name: 'executors', value: String(settings.executors.max), description: 'Most executors' },
  { name: 'executor-cores', value: String(settings.executor.cores) },
  {
    name: 'executor-memory',
    value: podMemory(settings.executor.memory).heap,
    description: 'Heap, as Java writes it',
  },
  { name: 'driver-cores', value: String(settings.driver.cores) },
  {
    name: 'driver-memory',
    value: podMemory(settings.driver.memory).heap,
    description: 'Heap, as Java writes it',
  },
  { name: PRIORITY, value: 'normal', enum: [...JOB_PRIORITIES], description: 'How urgent it is' },
];

const given = (name: string): string => `{{inputs.parameters.${name}}}`;

/** Values that are no text in the object: numbers, and a list that is written as JSON. */
const BARE = ['arguments', 'executors', 'executor-cores', 'driver-cores'];

/** The job as an object in which the parameters are still to be filled in. */
function manifest(chart: ComponentChart, settings: Settings, pods: TeamPods): string {
  const spec = sparkApplicationSpec(chart, settings, withSuffix(pods, suffixOf(PRIORITY)), {
    program: given('program'),
    arguments: [],
  });
  const text = toYaml({
    apiVersion: 'sparkoperator.k8s.io/v1beta2',
    kind: 'SparkApplication',
    metadata: {
      // The same name at every try: a pod that takes over from a lost one follows the job that it finds.
      name: `{{workflow.name}}-${given('step')}`,
      labels: { ...objectLabels(chart.component), [WORKFLOW]: '{{workflow.name}}' },
      // A pod of a retried workflow has the name of the one before it, so that would not do.
      annotations: { [FOLLOWER]: '{{=sprig.uuidv4()}}' },
    },
    // Plain data all through; interfaces have no index signature, so the compiler cannot see it.
    spec: {
      ...spec,
      arguments: given('arguments'),
      dynamicAllocation: { ...spec.dynamicAllocation, maxExecutors: given('executors') },
      driver: { ...spec.driver, cores: given('driver-cores'), memory: given('driver-memory') },
      executor: { ...spec.executor, cores: given('executor-cores'), memory: given('executor-memory') },
    } as unknown as JsonValue,
  });
  return BARE.reduce((bare, name) => bare.replace(`"${given(name)}"`, given(name)), text);
}

/** Starts a job of any team and follows it to its end; what it has no say in is where the job runs. */
export function writeJobTemplate(chart: ComponentChart, settings: Settings, pods: TeamPods): void {
  const run: Template = {
    ...placed(chart.site),
    name: SPARK_JOB.run,
    inputs: { parameters: [...parametersOf(settings)] },
    resource: {
      action: 'apply',
      // A job that has failed takes no follower ({@link file://./failed-jobs.ts}): kubectl then deletes it and makes it
      // anew, within this time. Any other job is left as it is but for its follower.
      flags: ['--force', '--timeout=1m'],
      setOwnerReference: true,
      manifest: manifest(chart, settings, pods),
      successCondition: 'status.applicationState.state == COMPLETED',
      failureCondition: 'status.applicationState.state == FAILED',
    },
  };
  const stop: Template = {
    ...placed(chart.site),
    name: SPARK_JOB.stop,
    resource: {
      action: 'delete',
      flags: [
        'sparkapplications.sparkoperator.k8s.io',
        `--selector=${WORKFLOW}={{workflow.name}}`,
        '--wait=false',
      ],
    },
  };
  // For workflows that are nothing but a job, as what they do at their end; others have one of their own.
  const cleanUp: Template = {
    name: SPARK_JOB.cleanUp,
    dag: {
      tasks: [{ name: 'stop', template: SPARK_JOB.stop, when: '{{workflow.status}} != Succeeded' }],
    },
  };
  new ClusterWorkflowTemplate(chart, 'job-template', {
    metadata: { name: SPARK_JOB.name },
    spec: { templates: [run, stop, cleanUp] },
  });
}
