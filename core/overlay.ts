import { z } from 'zod';
import type { Cloud } from './cloud';
import { buckets } from './lifecycle';
import { bytes, cpu } from './quantity';
import { serving } from './serving';

/** What the names of all objects of a team can hold. */
const TEAM_NAME = /^[a-z]([-a-z0-9]{0,28}[a-z0-9])?$/;

/** What Argo CD clones from: a URL, or host and path as SSH has them. */
const REPOSITORY = /^(https?|ssh|git):\/\/\S+$|^[\w.-]+@[\w.-]+:\S+$/;

/** A host with a dot or a port, which tells it from a path of Docker Hub, and a path; no tag. */
const REGISTRY = /^([a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?|[a-z0-9-]+:\d+)(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;

const team = z.strictObject({
  name: z
    .string()
    .regex(TEAM_NAME, {
      error:
        'is no name of a team; write up to 30 lower-case letters, digits and dashes, such as "analytics"',
    })
    .describe('Name of the team; its jobs run in the namespace team-<name>'),
  quota: z
    .strictObject({
      cpu: cpu().default('300').describe('CPU in cores'),
      memory: bytes().default('1200Gi').describe('Memory'),
      pods: z.int().positive().default(300).describe('Pods that run or wait'),
    })
    .prefault({})
    .describe('Most that the jobs of the team may request together'),
});

export type Team = z.output<typeof team>;

const isCloud = (value: unknown): value is Cloud =>
  typeof value === 'object' && value !== null && 'capacity' in value && 'nodePools' in value;

/** What an overlay may say. Settings of components are checked by the components themselves. */
export const overlaySchema = z.strictObject({
  cloud: z
    .custom<Cloud>(isCloud, {
      error: 'is no cloud; write aws({ … }), azure({ … }), gcp({ … }) or onprem({ … })',
    })
    .describe('Where the site runs: aws({ … }), azure({ … }), gcp({ … }) or onprem({ … }), of clouds/'),
  domain: z
    .hostname({ error: 'is no DNS name; write one such as "lake.example.com"' })
    .describe('DNS domain under which services of the site are reached'),
  git: z
    .strictObject({
      repository: z
        .string()
        .regex(REPOSITORY, {
          error: 'is no repository; write its URL, such as "https://github.com/acme/lakeport.git"',
        })
        .describe('Repository that the cluster reads dist from'),
      revision: z.string().min(1).default('main').describe('Branch or tag that the cluster follows'),
      path: z.string().default('dist').describe('Folder of dist in the repository'),
    })
    .describe('Where dist is committed'),
  buckets,
  teams: z.array(team).min(1).describe('Teams that run jobs, each in a namespace of its own'),
  spotFloor: z
    .number()
    .min(0)
    .max(1)
    .default(0.7)
    .describe('Least share of requested CPU and of memory that must be pinned to spot nodes'),
  mirrors: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Registry or registry path of images → where this site pulls them from; charts of publishers keep theirs',
    ),
  registry: z
    .string()
    .regex(REGISTRY, {
      error: 'is no registry; write host and path without a scheme, such as "registry.example.com/lake"',
    })
    .optional()
    .describe('Registry and path that images of the platform are pushed to and pulled from; none by default'),
  serving: serving.optional(),
  components: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Settings by component; false turns a component off'),
});

/** An overlay as it is checked and completed. */
export type ResolvedOverlay = z.output<typeof overlaySchema>;

/** An overlay as a user writes it; `Settings` are the settings of all components, by name. */
export type Overlay<Settings = Readonly<Record<string, unknown>>> = Omit<
  z.input<typeof overlaySchema>,
  'components'
> & { readonly components?: Settings };

/** Marks an object as an overlay, so that a file that exports something else is told apart. */
const OVERLAY = Symbol.for('lakeport.overlay');

/** One site. The file's name is the site's name. */
export const defineOverlay = <Settings>(overlay: Overlay<Settings>): Overlay<Settings> =>
  Object.defineProperty({ ...overlay }, OVERLAY, { value: true });

/**
 * A site that differs from another one in what is said here. Objects are merged one level deep, and so are the
 * settings of each component; lists and everything deeper are replaced.
 */
export function extendOverlay<Settings>(
  base: Overlay<Settings>,
  changes: Partial<Overlay<Settings>>,
): Overlay<Settings> {
  const from = base as Readonly<Record<string, unknown>>;
  const merged: Record<string, unknown> = { ...from };
  for (const [key, value] of Object.entries(changes)) {
    if (key === 'components') merged[key] = mergeEach(from[key], value);
    else merged[key] = key === 'cloud' ? value : shallow(from[key], value);
  }
  // Only keys of an overlay went in, each from one of the two.
  return defineOverlay(merged as unknown as Overlay<Settings>);
}

export const isOverlay = (value: unknown): value is Overlay =>
  typeof value === 'object' && value !== null && OVERLAY in value;

/**
 * What is said, completed by defaults: objects are merged one level deep, as {@link extendOverlay} does; everything
 * else is taken as it is said.
 */
export function withDefaults(
  defaults: Readonly<Record<string, unknown>> | undefined,
  said: unknown,
): unknown {
  if (!defaults || !isPlain(said)) return said;
  return mergeEach(defaults, said);
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shallow = (base: unknown, change: unknown): unknown =>
  isPlain(base) && isPlain(change) ? { ...base, ...change } : change;

function mergeEach(base: unknown, changes: unknown): unknown {
  if (!isPlain(base) || !isPlain(changes)) return changes;
  const merged = { ...base };
  for (const [name, change] of Object.entries(changes)) merged[name] = shallow(base[name], change);
  return merged;
}
