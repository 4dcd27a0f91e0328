import type { ComponentChart } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import { CronWorkflow, type Template, Workflow, WorkflowTemplate } from '../../../imports/argo-workflows';
import type { BuiltImage } from './built';
import type { StepContext } from './step';
import { buildOf, buildStep, checkSteps, DAY, STEPS } from './steps';
import { ACCOUNT, NAMES } from './tools';

const ALL = 'all';

/** Seconds. */
const YEARS = 10 * 365 * 24 * 3600;

/** How images are built: now, whenever something of them changes, and by the clock. */
export function writeWorkflows(
  chart: ComponentChart,
  context: StepContext,
  images: readonly BuiltImage[],
): void {
  const namespace = chart.home;
  new WorkflowTemplate(chart, 'template', {
    metadata: { name: NAMES.template, namespace },
    spec: {
      serviceAccountName: ACCOUNT,
      entrypoint: ALL,
      templates: [
        all(images),
        ...images.map(pipeline),
        ...images.map((image) => buildStep(context, image, images)),
        ...checkSteps(context),
      ],
    },
  });
  const inputs = checksum(images.map(({ reference }) => reference).join('\n')).slice(0, 8);
  new Workflow(chart, 'first-build', {
    metadata: {
      name: `${NAMES.template}-${inputs}`,
      namespace,
      // After the template and the account. Argo CD waits for it, and with it whatever uses the images.
      annotations: { 'argocd.argoproj.io/sync-wave': '1' },
    },
    spec: {
      workflowTemplateRef: { name: NAMES.template },
      // It stays as a mark that these images were built: one that goes is made again.
      ttlStrategy: { secondsAfterSuccess: YEARS, secondsAfterFailure: YEARS },
    },
  });
  const { schedule, suspended } = context.settings;
  new CronWorkflow(chart, 'scheduled-build', {
    metadata: { name: NAMES.template, namespace },
    spec: {
      schedules: [schedule],
      timezone: 'UTC',
      suspend: suspended,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      workflowSpec: { workflowTemplateRef: { name: NAMES.template } },
    },
  });
}

const pipelineOf = ({ name }: BuiltImage): string => `image-${name}`;

/** Every image after the one that it is built from. */
const all = (images: readonly BuiltImage[]): Template => ({
  name: ALL,
  dag: {
    tasks: images.map((image) => ({
      name: image.name,
      template: pipelineOf(image),
      ...(image.base ? { depends: image.base } : {}),
    })),
  },
});

/** One image from its folder to its tag, which it gets last: what is pulled by a tag was scanned and is signed. */
function pipeline(image: BuiltImage): Template {
  const digest = `{{tasks.build.outputs.parameters.digest}}`;
  const parameters = [
    { name: 'repository', value: image.repository },
    { name: 'digest', value: digest },
  ];
  const sbom = { name: 'sbom', from: '{{tasks.contents.outputs.artifacts.sbom}}' };
  const publish = (name: string, tag: string) => ({
    name,
    template: STEPS.publish,
    depends: 'sign && attest',
    arguments: { parameters: [...parameters, { name: 'tag', value: tag }] },
  });
  return {
    name: pipelineOf(image),
    dag: {
      tasks: [
        { name: 'build', template: buildOf(image) },
        { name: 'contents', template: STEPS.sbom, depends: 'build', arguments: { parameters } },
        { name: 'scan', template: STEPS.scan, depends: 'contents', arguments: { artifacts: [sbom] } },
        { name: 'sign', template: STEPS.sign, depends: 'scan', arguments: { parameters } },
        {
          name: 'attest',
          template: STEPS.attest,
          depends: 'scan',
          arguments: { parameters, artifacts: [sbom] },
        },
        publish('publish', image.tag),
        // The same image under a tag that stays: what ran on a day can be run again.
        publish('publish-dated', `${image.tag}-${DAY}`),
      ],
    },
  };
}
