import { InputError } from '../../../core/problem';
import type { Site, SiteTeam } from '../../../core/site';
import type { DataFilter } from '../../../imports/argo-events';
import { chosenTeam } from '../spark';
import type { SourceName } from './names';
import type { Settings, StartSettings } from './settings';

/** A text that is made of an event. */
export interface Text {
  /** Whether `.Input` is what the event carries, or what is said of it. */
  readonly of: 'data' | 'context';
  /** An expression of Go's templates, with the functions of Sprig. */
  readonly expression: string;
}

/** Events of one kind that a sensor waits for. */
export interface Event {
  readonly source: SourceName;
  /** Its name in the EventSource, which several may have in common; sensors then tell them apart by their filters. */
  readonly event: string;
  /** Its name among those of its team. */
  readonly name: string;
  readonly team: SiteTeam;
  readonly starts: readonly StartSettings[] | undefined;
  readonly perMinute: number;
  /** Which of them count. Default: all. */
  readonly filters?: readonly DataFilter[];
  /** What two of them have in common that are one event, told twice. */
  readonly identity: Text;
  /** What a workflow is told of it; nothing in it can end a word or begin a template. */
  readonly told: Text;
}

/** The settings that sources of all kinds have. */
type Common = Settings['webhooks'][number];

/** What an event has of its settings. */
export function common(
  site: Site,
  source: SourceName,
  field: string,
  { name, team, starts, perMinute }: Common,
): Pick<Event, 'source' | 'event' | 'name' | 'team' | 'starts' | 'perMinute'> {
  const owner = chosenTeam(site, field, team);
  return { source, event: `${owner.name}-${name}`, name, team: owner, starts, perMinute };
}

/**
 * The sources of a team have names of their own, whatever their kind: workflows are called after them.
 * @throws InputError naming each that has not
 */
export function requireOwnNames(site: Site, settings: Settings): void {
  const seen = new Map<string, string>();
  const problems = (['webhooks', 'calendars', 'topics', 'buckets'] as const).flatMap((kind) =>
    settings[kind].flatMap(({ name, team }, index) => {
      const field = `${kind}[${index}]`;
      const key = `${chosenTeam(site, field, team).name}/${name}`;
      const before = seen.get(key);
      seen.set(key, before ?? field);
      if (before === undefined) return [];
      const message = `is the name of ${before} too, and workflows of a team are called after their source`;
      return [{ field: `${field}.name`, found: name, message, remedy: 'give one of them another name' }];
    }),
  );
  if (problems.length > 0) throw new InputError(problems);
}

/** Ten digits of a text: so short that jobs can be called so, and so long that two of a team do not meet. */
export const hash = (expression: string): string => `${expression} | sha256sum | trunc 10`;

/** A text of letters, digits and what paths have. */
export const safe = (expression: string): string => `regexReplaceAll "[^\\\\w./:=@%+-]" (${expression}) "_"`;
