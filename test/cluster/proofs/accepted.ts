import { applyComponent, reapplyComponent } from '../apply';
import { Kinds } from '../kinds';
import { type Finding, type Outcome, type Proof, type Scene, verdictOf } from '../proof';

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
    for (const component of site.components) {
      const applied = await applyComponent(component, cluster.api, kinds);
      first.set(component.name, describe(applied));
    }
    for (const component of site.components) {
      const again = await reapplyComponent(component, cluster.api, kinds);
      const problems = [...(first.get(component.name) ?? []), ...describe(again)];
      findings.push({ component: component.name, column: 'accepted', verdict: verdictOf(problems) });
    }
    const count = site.objects.length;
    say(`${site.name}: ${count} objects applied twice`);
    return { findings, figures: [`${site.name}: ${count} objects in ${site.components.length} components`] };
  },
};

const describe = (applied: readonly { title: string; problems: readonly string[] }[]): string[] =>
  applied.flatMap(({ title, problems }) => problems.map((problem) => `${title}: ${problem}`));
