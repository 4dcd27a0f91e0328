import { PRIORITIES } from '../../../core/workload';
import type { PodTemplate } from '../../../imports/spark-operator';

/** How urgent jobs are, the least urgent first. */
export const JOB_PRIORITIES = ['low', 'normal', 'high'] as const;
export type JobPriority = (typeof JOB_PRIORITIES)[number];

interface Pods {
  readonly driver: PodTemplate;
  readonly executor: PodTemplate;
}

/** The end of the name of a class, by a parameter that a workflow fills in: an expression of Argo. */
export const suffixOf = (parameter: string): string =>
  `{{=inputs.parameters.${parameter} == 'normal' ? '' : '-' + inputs.parameters.${parameter}}}`;

/** The pods of a job that is more urgent than others, or less. */
export function prioritized(pods: Pods, priority: JobPriority): Pods {
  return priority === 'normal' ? pods : withSuffix(pods, `-${priority}`);
}

/** The pods with classes whose names end so; those of pods that say nothing end with nothing. */
export const withSuffix = ({ driver, executor }: Pods, suffix: string): Pods => ({
  driver: inClass(driver, `${PRIORITIES.serving}${suffix}`),
  executor: inClass(executor, `${PRIORITIES.batch}${suffix}`),
});

const inClass = ({ spec, ...others }: PodTemplate, priorityClassName: string): PodTemplate => ({
  ...others,
  spec: { ...spec, priorityClassName },
});
