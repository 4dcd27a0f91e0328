import { type Granted, grantsOf } from '../core/grants';
import { type BucketPlan, type Need, needsOf, type PlannedRule, planBuckets } from '../core/lifecycle';
import type { SiteModel } from '../core/model';
import { colors } from './colors';
import type { Program } from './program';
import { synthesizeSites } from './sites';
import { table } from './table';

/** The buckets of a site as people read them. */
interface BucketReport extends BucketPlan {
  /** What can be brought back: what was overwritten or deleted, or only what was deleted. */
  readonly versions: 'overwritten' | 'deleted';
  readonly needs: readonly Need[];
  /** Who may do what; all accounts of one namespace where they share its keys. */
  readonly grants: readonly Granted[];
}

/**
 * Prints the buckets of sites: how long objects stay and why, and who may do what.
 * @throws InputError where a site does not render
 */
export function explainBuckets(program: Program, asked: readonly string[], json: boolean): void {
  const sites = [...synthesizeSites(program, asked)].map(([site, { synthesis }]) => ({
    site,
    sharedKeys: sharesKeys(synthesis.model),
    buckets: bucketsOf(synthesis.model),
  }));
  if (json) {
    console.log(JSON.stringify({ sites }, undefined, 2));
    return;
  }
  sites.forEach(({ site, sharedKeys, buckets }, index) => {
    if (index > 0) console.log('');
    console.log(colors.bold(site));
    console.log(table(AGES, buckets.map(ages)));
    console.log('');
    console.log(table(WHO, buckets.flatMap(who)));
    if (sharedKeys) {
      console.log(
        colors.dim('Keys are those of a namespace: an account may also do what others of its namespace may.'),
      );
    }
  });
}

/** Whether pods prove themselves by keys, which a namespace has once. */
const sharesKeys = ({ recorded }: SiteModel): boolean =>
  [...recorded.values()].some(({ keys }) => keys.length > 0);

function bucketsOf({ site, recorded }: SiteModel): BucketReport[] {
  const all = [...recorded.values()];
  const needs = needsOf(site, all);
  const grants = grantsOf(recorded);
  return planBuckets(site, all).map((plan) => ({
    ...plan,
    versions: site.cloud.objectStore.versions,
    needs: needs.filter(({ bucket }) => bucket === plan.purpose),
    grants: grants.filter(({ bucket }) => bucket === plan.purpose),
  }));
}

const AGES = ['bucket', 'name', 'objects', 'brought back', 'what must stay'];
const WHO = ['bucket', 'namespace', 'account', 'may', 'because of'];

const ages = ({ purpose, name, rules, versionDays, versions, needs }: BucketReport): string[] => [
  colors.bold(purpose),
  name,
  rules.map(ruleText).join('; ') || 'stay',
  versionDays > 0 ? `${versions === 'deleted' ? 'deleted, ' : ''}${versionDays} days` : 'never',
  needs.map(needText).join('; '),
];

function ruleText({ paths, coolDays, coldDays, archiveDays, expireDays }: PlannedRule): string {
  const steps = [
    coolDays && `cool after ${coolDays} days`,
    coldDays && `cold after ${coldDays}`,
    archiveDays && `archived after ${archiveDays}`,
    expireDays && `gone after ${expireDays}`,
  ].filter(Boolean);
  const below = paths.filter(Boolean).join(', ');
  return `${below ? `${below} ` : ''}${steps.join(', ')}`;
}

const needText = ({ path, days, what }: Need): string =>
  `${path ? `${path} ` : ''}${what} (${days === 'always' ? days : `${days} days`})`;

const who = ({ purpose, grants }: BucketReport): string[][] =>
  grants.length === 0
    ? [[colors.bold(purpose), '', 'nobody', '', '']]
    : grants.map(({ namespace, serviceAccount, access, components }) => [
        colors.bold(purpose),
        namespace,
        serviceAccount,
        access,
        components.join(', '),
      ]);
