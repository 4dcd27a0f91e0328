import { z } from 'zod';
import { BUCKETS, type Bucket } from './bucket';

/** Where objects are cheaper to keep and dearer to read; each is colder than the one before. */
export const TIERS = ['cool', 'cold', 'archive'] as const;
export type Tier = (typeof TIERS)[number];

/** What happens to objects below paths of a bucket as they age: days since each was written. */
export interface AgingRule {
  /** Begin without a slash and end with one; an empty one is the whole bucket. */
  readonly paths: readonly string[];
  readonly coolDays?: number | undefined;
  readonly coldDays?: number | undefined;
  readonly archiveDays?: number | undefined;
  readonly expireDays?: number | undefined;
}

/** Something that must stay in a bucket. */
export interface Need {
  readonly bucket: Bucket;
  /** Below which it lies; empty for the whole bucket. */
  readonly path: string;
  /** Days since it was written for which it must stay; `always` for as long as the site stands. */
  readonly days: number | 'always';
  /** What it is, for messages: «event logs that the history server shows». */
  readonly what: string;
  /** Setting that says how long, as an overlay has it: `components.spark.historyDays`. */
  readonly setting?: string;
  /** Whether only a rule over the whole bucket can take it, since it lies nobody knows where. */
  readonly anywhere?: true;
}

/** A bucket as a site wants it. */
export interface BucketPlan {
  readonly purpose: Bucket;
  readonly name: string;
  readonly rules: readonly PlannedRule[];
  /** Days for which what was overwritten or deleted can be brought back; 0 where it cannot. */
  readonly versionDays: number;
  /** Name of the bucket in which the store writes down who read and wrote; undefined where it does not. */
  readonly accessLog: string | undefined;
  /** Key of the site's own; undefined for the one of the store. */
  readonly encryptionKey: string | undefined;
}

/** A rule with the place that says so: a field of the overlay, or a component's or lakeport's own default. */
export interface PlannedRule extends AgingRule {
  readonly from: { readonly field: string } | 'default';
}

/** Days after which parts of uploads that nobody finished go: longer than any job takes to commit. */
export const UPLOAD_DAYS = 7;

const days = (what: string) => z.int().positive().optional().describe(what);

const rule = z.strictObject({
  path: z
    .string()
    .regex(/^([^/*?].*\/)?$/, {
      error:
        'is no path; write folders that end with a slash, such as "landing/", or "" for the whole bucket',
    })
    .default('')
    .describe('Objects below it; the whole bucket by default'),
  coolDays: days('Days after which objects move to where keeping is cheaper and reading costs; at least 30'),
  coldDays: days('Days after which they move to where this is truer still'),
  archiveDays: days('Days after which they move to where they may have to be restored before they are read'),
  expireDays: days('Days after which they go'),
});

const lifecycle = z.strictObject({
  rules: z.array(rule).optional().describe('What happens as objects age, instead of what happens by default'),
  versionDays: z
    .int()
    .nonnegative()
    .max(365)
    .optional()
    .describe('Days for which what was overwritten or deleted can be brought back; 0 for never'),
  accessLog: z.boolean().optional().describe('Whether the store writes down who reads and writes'),
});

const need = z.strictObject({
  bucket: z.enum(BUCKETS).describe('Purpose of the bucket'),
  path: z.string().default('').describe('Objects below it'),
  days: z.int().positive().describe('Days since they were written'),
  what: z.string().min(1).describe('What they are, for messages'),
});

/** Size of files of a table in MiB: smaller ones are more than a reader likes to open, larger ones more than a task likes to read. */
export const fileMebibytes = () => z.int().min(16).max(2048);

/** What an overlay may say of buckets. */
export const buckets = z
  .strictObject({
    prefix: z.string().describe('Bucket names are this, a dash and the purpose'),
    names: z
      .partialRecord(z.enum(BUCKETS), z.string())
      .default({})
      .describe('Buckets that are called otherwise'),
    lifecycle: z
      .partialRecord(z.enum(BUCKETS), lifecycle)
      .default({})
      .describe('What happens to objects as they age, by purpose of the bucket'),
    fileMebibytes: z
      .strictObject({
        curated: fileMebibytes().default(256),
        presentation: fileMebibytes().default(128),
        warehouse: fileMebibytes().default(256),
      })
      .prefault({})
      .describe(
        'Size that files of tables are written in, by the bucket they lie in, in MiB: large where whole tables are read, ' +
          'smaller where questions are about few rows',
      ),
    snapshotDays: z
      .int()
      .positive()
      .default(7)
      .describe(
        'Days for which older snapshots of tables can be read; nothing in their buckets may go sooner',
      ),
    restoreDays: z
      .int()
      .positive()
      .max(365)
      .default(14)
      .describe('Days back to which a restore must reach: for so long backups and deleted objects stay'),
    needs: z.array(need).default([]).describe('What else must stay, which components do not know of'),
    encryptionKey: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Key of your own that objects are encrypted with: ARN of KMS, name of Cloud KMS, URL of Key Vault. ' +
          'Default: one of the store',
      ),
  })
  .describe('Buckets of the object store');

export type BucketSettings = z.output<typeof buckets>;

/** A bucket in which tables lie. */
export type TableBucket = keyof BucketSettings['fileMebibytes'];

/** Buckets whose content cannot be made again by running something: what is lost there must come back. */
const PRECIOUS: ReadonlySet<Bucket> = new Set<Bucket>([
  'raw',
  'curated',
  'presentation',
  'warehouse',
  'deep-storage',
  'backups',
  'notebooks',
]);

const TABLES: readonly TableBucket[] = ['curated', 'presentation', 'warehouse'];

/** What nobody says otherwise; only tiers that the store has. */
const DEFAULTS: Readonly<Partial<Record<Bucket, readonly AgingRule[]>>> = {
  raw: [{ paths: [''], coolDays: 90 }],
  backups: [{ paths: [''], coolDays: 30 }],
  logs: [{ paths: [''], coolDays: 30, archiveDays: 90, expireDays: 365 }],
  scratch: [{ paths: [''], expireDays: 7 }],
  'access-logs': [{ paths: [''], coolDays: 30, archiveDays: 90, expireDays: 365 }],
};

/** What a component has recorded of buckets. */
interface Spoken {
  readonly aging: readonly { readonly bucket: Bucket; readonly rule: AgingRule }[];
  readonly kept: readonly Need[];
}

interface Planned {
  readonly buckets: BucketSettings;
  readonly cloud: { readonly objectStore: { readonly tiers: Readonly<Partial<Record<Tier, unknown>>> } };
  bucket(purpose: Bucket): string;
}

/** Every bucket of a site, in the order of {@link BUCKETS}. */
export function planBuckets(site: Planned, recorded: readonly Spoken[]): BucketPlan[] {
  const { lifecycle: said, restoreDays, encryptionKey } = site.buckets;
  return BUCKETS.map((purpose) => {
    const own = said[purpose];
    const log = own?.accessLog ?? purpose !== 'scratch';
    return {
      purpose,
      name: site.bucket(purpose),
      rules: own?.rules
        ? own.rules.map(({ path, ...ages }, index) => ({
            paths: [path],
            ...ages,
            from: { field: `buckets.lifecycle.${purpose}.rules[${index}]` },
          }))
        : defaultRules(site, purpose, recorded),
      versionDays: own?.versionDays ?? (PRECIOUS.has(purpose) ? restoreDays : 0),
      // Were its own accesses logged there too, each line would make another.
      accessLog: log && purpose !== 'access-logs' ? site.bucket('access-logs') : undefined,
      encryptionKey,
    };
  });
}

/** Defaults reach as far as what is needed: who raises a setting need not know of them. */
function defaultRules(site: Planned, purpose: Bucket, recorded: readonly Spoken[]): PlannedRule[] {
  const asked = recorded.flatMap(({ aging }) => aging.filter(({ bucket }) => bucket === purpose));
  const needs = needsOf(site, recorded).filter(({ bucket }) => bucket === purpose);
  const { tiers } = site.cloud.objectStore;
  return [...(DEFAULTS[purpose] ?? []), ...asked.map(({ rule }) => rule)].flatMap((each): PlannedRule[] => {
    const { paths, coolDays, coldDays, archiveDays, expireDays } = each;
    const longest = Math.max(
      0,
      ...needs
        .filter((need) => takes(each, need))
        .map((need) => (need.days === 'always' ? Number.POSITIVE_INFINITY : need.days)),
    );
    const made: AgingRule = {
      paths,
      ...(coolDays && tiers.cool ? { coolDays } : {}),
      ...(coldDays && tiers.cold ? { coldDays } : {}),
      ...(archiveDays && tiers.archive && archiveDays > longest ? { archiveDays } : {}),
      ...(expireDays && longest !== Number.POSITIVE_INFINITY
        ? { expireDays: Math.max(expireDays, longest) }
        : {}),
    };
    return Object.keys(made).length > 1 ? [{ ...made, from: 'default' }] : [];
  });
}

/** Everything that must stay: what components and the overlay say, tables, and what a restore begins with. */
export function needsOf({ buckets: said }: Pick<Planned, 'buckets'>, recorded: readonly Spoken[]): Need[] {
  const { snapshotDays, restoreDays, needs } = said;
  return [
    ...TABLES.flatMap((bucket): Need[] => [
      { bucket, path: '', days: 'always', what: 'files of tables, however old', anywhere: true },
      {
        bucket,
        path: '',
        days: snapshotDays,
        what: 'older snapshots of tables',
        setting: 'buckets.snapshotDays',
      },
    ]),
    {
      bucket: 'backups',
      path: '',
      days: restoreDays,
      what: 'backups that a restore begins with',
      setting: 'buckets.restoreDays',
    },
    ...needs.map((each, index) => ({ ...each, setting: `buckets.needs[${index}].days` })),
    ...recorded.flatMap(({ kept }) => kept),
  ];
}

/** Whether a rule covers objects that are needed. */
export const takes = ({ paths }: Pick<AgingRule, 'paths'>, { path, anywhere }: Need): boolean =>
  paths.some((each) => (anywhere ? each === '' : each.startsWith(path) || path.startsWith(each)));

/** Whether days that a bucket keeps versions for are those of a restore. */
export const isPrecious = (bucket: Bucket): boolean => PRECIOUS.has(bucket);
