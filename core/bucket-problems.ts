import { BUCKETS } from './bucket';
import type { Cloud } from './cloud';
import { type AgingRule, type BucketSettings, TIERS } from './lifecycle';
import type { Problem } from './problem';

type Rules = NonNullable<NonNullable<BucketSettings['lifecycle']['raw']>['rules']>;
type Ages = Omit<AgingRule, 'paths'>;

/** What is wrong with what an overlay says of buckets, as far as its schema cannot tell. */
export function bucketProblems(cloud: Cloud, buckets: BucketSettings): Problem[] {
  return [
    ...refusedNames(cloud, buckets),
    ...sharedNames(buckets),
    ...refusedKey(cloud, buckets),
    ...BUCKETS.flatMap((purpose) =>
      ruleProblems(cloud, `buckets.lifecycle.${purpose}.rules`, buckets.lifecycle[purpose]?.rules ?? []),
    ),
  ];
}

function refusedNames({ name: cloud, objectStore }: Cloud, { prefix, names }: BucketSettings): Problem[] {
  const all = [
    ['buckets.prefix', `${prefix}-presentation`] as const,
    ...Object.entries(names).map(([key, name]) => [`buckets.names.${key}`, name ?? ''] as const),
  ];
  return all.flatMap(([field, found]) => {
    const why = objectStore.bucketProblem(found);
    if (!why) return [];
    const message = `${cloud} refuses this bucket name: ${why}`;
    return [{ field, found, message, remedy: 'choose another' }];
  });
}

function sharedNames({ prefix, names }: BucketSettings): Problem[] {
  const all = BUCKETS.map((purpose) => names[purpose] ?? `${prefix}-${purpose}`);
  return BUCKETS.flatMap((purpose, index) => {
    const first = BUCKETS.find((_, at) => at !== index && all[at] === all[index]);
    if (!first || names[purpose] === undefined) return [];
    return [
      {
        field: `buckets.names.${purpose}`,
        found: names[purpose],
        message: `is the bucket of ${first} too, and what goes from one would go from the other`,
        remedy: 'give each purpose a bucket of its own',
      },
    ];
  });
}

function refusedKey({ name, objectStore }: Cloud, { encryptionKey: found }: BucketSettings): Problem[] {
  const why = found === undefined ? undefined : objectStore.keyProblem(found);
  if (!why) return [];
  const [message = '', remedy = ''] = why.split('; ');
  return [
    { field: 'buckets.encryptionKey', found, message: `${name} takes no such key: ${message}`, remedy },
  ];
}

/** The least days between a write and the first tier, and between two tiers: S3 refuses fewer. */
const LEAST_DAYS = 30;

function ruleProblems(cloud: Cloud, field: string, rules: Rules): Problem[] {
  return rules.flatMap((rule, index) => {
    const at = `${field}[${index}]`;
    if (STEPS.every((step) => rule[step] === undefined)) {
      const message = 'says nothing of what happens';
      return [{ field: at, found: rule, message, remedy: `add one of: ${STEPS.join(', ')}` }];
    }
    return [
      ...missingTiers(cloud, at, rule),
      ...outOfOrder(at, rule),
      ...overlaps(at, rule, rules.slice(0, index)),
    ];
  });
}

const STEPS = ['coolDays', 'coldDays', 'archiveDays', 'expireDays'] as const satisfies (keyof Ages)[];

function missingTiers({ name, objectStore: { tiers } }: Cloud, at: string, rule: Ages): Problem[] {
  return TIERS.filter((tier) => rule[`${tier}Days`] !== undefined && !tiers[tier]).map((tier) => ({
    field: `${at}.${tier}Days`,
    found: rule[`${tier}Days`],
    message: `the object store of ${name} has no ${tier} tier`,
    remedy: 'leave it out',
  }));
}

function outOfOrder(at: string, rule: Ages): Problem[] {
  const told = STEPS.flatMap((step) => (rule[step] === undefined ? [] : [{ step, found: rule[step] }]));
  return told.flatMap(({ step, found }, index) => {
    const before = told[index - 1];
    const least = step === 'expireDays' ? (before?.found ?? 0) + 1 : (before?.found ?? 0) + LEAST_DAYS;
    if (found >= least) return [];
    const after = before ? `${before.step} of ${before.found}` : 'they are written';
    const message =
      step === 'expireDays'
        ? `objects would go before they move, by ${before?.step} of ${before?.found}`
        : `stores move objects no sooner than ${LEAST_DAYS} days after ${after}`;
    return [{ field: `${at}.${step}`, found, message, remedy: `write ${least} or more` }];
  });
}

/** Stores disagree on what holds where two rules do the same to one object, and some refuse them. */
function overlaps(at: string, rule: Rules[number], before: Rules): Problem[] {
  return before.flatMap((other) => {
    const step = STEPS.find((each) => rule[each] !== undefined && other[each] !== undefined);
    if (!step || !(rule.path.startsWith(other.path) || other.path.startsWith(rule.path))) return [];
    const message = `covers objects for which the rule on "${other.path}" has ${step} already`;
    return [{ field: `${at}.path`, found: rule.path, message, remedy: `say ${step} once for each object` }];
  });
}
