import { groupOf } from '../../../core/manifest';
import { applyComponent, reapplyComponent } from '../apply';
import { UNPUBLISHED } from '../crds';
import { Kinds } from '../kinds';
import { type Finding, type Outcome, type Proof, type Scene, verdictOf } from '../proof';
import type { DistComponent, DistObject, DistSite } from '../site';

/** The real API server takes every object of dist, without a word against it. */
export const accepted: Proof = {
  name: 'accepted',
  claim: 'every object is applied in wave order, without refusal or warning; applied again, nothing changes',
  sites: 'every',
  start: 'empty',
  columns: ['accepted'],
  programs: [],
  async run({ site, cluster, say }: Scene): Promise<Outcome> {
    const kinds = new Kinds(cluster.api);
    const findings: Finding[] = [];
    const first = new Map<string, string[]>();
    for (const component of provable(site)) {
      const applied = await applyComponent(component, cluster.api, kinds);
      first.set(component.name, describe(applied));
    }
    for (const component of provable(site)) {
      const again = await reapplyComponent(component, cluster.api, kinds);
      const problems = [...(first.get(component.name) ?? []), ...describe(again)];
      findings.push({ component: component.name, column: 'accepted', verdict: verdictOf(problems) });
    }
    for (const [component, why] of unprovable(site)) {
      findings.push({ component, column: 'accepted', verdict: { state: 'not provable here', why } });
    }
    const count = provable(site).flatMap(({ objects }) => objects).length;
    say(`${site.name}: ${count} objects applied twice`);
    return { findings, figures: [`${site.name}: ${count} objects in ${site.components.length} components`] };
  },
};

const whyNot = ({ manifest }: DistObject): string | undefined => UNPUBLISHED[groupOf(manifest.apiVersion)];

/** Components with the objects that this API server can know. */
const provable = (site: DistSite): DistComponent[] =>
  site.components.map((component) => ({
    ...component,
    objects: component.objects.filter((object) => whyNot(object) === undefined),
  }));

/** Components of which some objects are of kinds that this API server cannot know, with the reason. */
const unprovable = (site: DistSite): Map<string, string> =>
  new Map(
    site.objects.flatMap((object) => {
      const why = whyNot(object);
      return why === undefined ? [] : [[object.component, `${object.manifest.kind}: ${why}`] as const];
    }),
  );

const describe = (applied: readonly { title: string; problems: readonly string[] }[]): string[] =>
  applied.flatMap(({ title, problems }) => problems.map((problem) => `${title}: ${problem}`));
