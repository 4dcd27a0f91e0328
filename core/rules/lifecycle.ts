import {
  type BucketPlan,
  isPrecious,
  type Need,
  needsOf,
  type PlannedRule,
  planBuckets,
  takes,
} from '../lifecycle';
import type { SiteModel } from '../model';
import type { Problem } from '../problem';
import type { Rule } from './rule';

export const lifecyclesKeepWhatIsNeeded: Rule = {
  name: 'lifecycles-keep-what-is-needed',
  summary:
    'No lifecycle of a bucket takes what snapshots of tables, checkpoints, event logs, artifacts or a restore still need',
  check: (model) => {
    const recorded = [...model.recorded.values()];
    const needs = needsOf(model.site, recorded);
    return planBuckets(model.site, recorded).flatMap((plan) => [
      ...needs
        .filter(({ bucket }) => bucket === plan.purpose)
        .flatMap((need) => plan.rules.flatMap((rule) => broken(model, plan, rule, need))),
      ...tooFewVersions(model, plan),
    ]);
  },
};

function broken(model: SiteModel, plan: BucketPlan, rule: PlannedRule, need: Need): Problem[] {
  if (!takes(rule, need)) return [];
  const { tiers } = model.site.cloud.objectStore;
  const archived = tiers.archive?.readable === false ? rule.archiveDays : undefined;
  const steps = [
    ['expireDays', rule.expireDays, 'go'] as const,
    ['archiveDays', archived, 'can no longer be read at once'] as const,
  ];
  return steps.flatMap(([step, found, happens]): Problem[] => {
    if (found === undefined || (need.days !== 'always' && found >= need.days)) return [];
    const where = rule.from === 'default' ? `bucket ${plan.purpose}` : `${rule.from.field}.${step}`;
    const below = rule.paths.map((path) => (path ? `below ${path}` : '')).filter(Boolean);
    const objects = ['objects', ...below, `of the bucket ${plan.purpose}`].join(' ');
    const [until, remedy] =
      need.days === 'always'
        ? ['as long as the site stands', 'leave it out, or name a path on which none of them lies']
        : [
            `for ${need.days} days`,
            `write ${need.days} or more${need.setting ? `, or lower ${need.setting} to ${found}` : ''}`,
          ];
    const message = `${objects} ${happens} after ${found} days, and ${need.what} are needed ${until}`;
    return [{ field: where, found, message, remedy }];
  });
}

function tooFewVersions({ site }: SiteModel, { purpose, versionDays }: BucketPlan): Problem[] {
  const { restoreDays } = site.buckets;
  if (!isPrecious(purpose) || versionDays >= restoreDays) return [];
  return [
    {
      field: `buckets.lifecycle.${purpose}.versionDays`,
      found: versionDays,
      message:
        `what is deleted in the bucket ${purpose} can be brought back for ${versionDays} days, ` +
        `and a restore must reach back ${restoreDays} days`,
      remedy: `write ${restoreDays} or more, or lower buckets.restoreDays to ${Math.max(versionDays, 1)}`,
    },
  ];
}
