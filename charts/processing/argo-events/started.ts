import type { ComponentChart } from '../../../core/chart';
import type { Site } from '../../../core/site';
import type { WorkflowSpec } from '../../../imports/argo-workflows';
import { MEDALLION, programUri, SPARK_JOB, tripsArguments } from '../spark';
import type { Event } from './event';
import type { StartSettings } from './settings';

/** A workflow that an event starts. */
export interface Started {
  /** What its name starts with, before the source and what tells the event. */
  readonly what: string;
  readonly spec: WorkflowSpec;
  /** Where the arguments of its job are, to which the event is added by an option. */
  readonly option?: { readonly dest: string; readonly name: string; readonly others: readonly string[] };
}

/** Parameter of every such workflow that tells the event, and its place. */
export const EVENT = { name: 'event', dest: 'spec.arguments.parameters.0.value' } as const;

/** What events start that say nothing else. */
export const defaultStarts = (site: Site): readonly StartSettings[] =>
  site.isOn('spark') ? [{ workflow: MEDALLION }, { job: {} }] : [];

/**
 * What a start makes of an event.
 * @param number which job of the event it is, from 0
 */
export function started(
  { site }: ComponentChart,
  { name }: Event,
  { workflow, job }: StartSettings,
  number: number,
): Started {
  const event = { name: EVENT.name, value: '' };
  if (job === undefined) {
    return {
      what: workflow ?? '',
      spec: { workflowTemplateRef: { name: workflow ?? '' }, arguments: { parameters: [event] } },
    };
  }
  const { eventOption: option } = job;
  const program = job.program ?? programUri('trips.py');
  const example = job.program === undefined && job.arguments === undefined;
  const others = example ? tripsArguments(site, `events/${name}`, 'all') : (job.arguments ?? []);
  return {
    what: number === 0 ? 'job' : `job${number}`,
    spec: {
      workflowTemplateRef: { name: SPARK_JOB.name, clusterScope: true },
      entrypoint: SPARK_JOB.run,
      // A workflow that is stopped leaves no job behind.
      onExit: SPARK_JOB.cleanUp,
      // Two at once would write the same.
      synchronization: { mutexes: [{ name: `job-${name}-${number}` }] },
      arguments: {
        parameters: [
          event,
          { name: 'step', value: 'run' },
          { name: 'program', value: program },
          { name: 'arguments', value: JSON.stringify(others) },
        ],
      },
    },
    ...(option ? { option: { dest: 'spec.arguments.parameters.3.value', name: option, others } } : {}),
  };
}
