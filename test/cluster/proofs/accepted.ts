import { groupOf } from '../../../core/manifest';
import { applyObjects, isWebhook, reapplyObjects } from '../apply';
import { BROUGHT_BY_CLOUD } from '../crds';
import { Kinds } from '../kinds';
import { type Finding, type Outcome, type Proof, type Scene, type Verdict, verdictOf } from '../proof';
import type { DistObject } from '../site';

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
    const problems = new Map<string, string[]>();
    const unknown = await unknownGroups(site.objects, kinds);
    const isKnown = ({ manifest }: DistObject) => !unknown.has(groupOf(manifest.apiVersion));
    // No webhook runs yet: they come last, so that they are not asked about the rest.
    for (const part of [isOrdinary, isWebhookObject]) {
      for (const pass of [applyObjects, reapplyObjects]) {
        for (const { name, objects } of site.components) {
          const applied = await pass(objects.filter(isKnown).filter(part), cluster.api, kinds);
          const told = applied.flatMap((each) => each.problems.map((problem) => `${each.title}: ${problem}`));
          problems.set(name, [...(problems.get(name) ?? []), ...told]);
        }
      }
    }
    const findings = site.components.map(
      ({ name, objects }): Finding => ({
        component: name,
        column: 'accepted',
        verdict: judge(objects, problems.get(name) ?? [], unknown),
      }),
    );
    const count = site.objects.filter(isKnown).length;
    say(`${site.name}: ${count} objects applied twice`);
    return { findings, figures: [`${site.name}: ${count} objects in ${site.components.length} components`] };
  },
};

const isOrdinary = ({ manifest }: DistObject): boolean => !isWebhook(manifest);
const isWebhookObject = ({ manifest }: DistObject): boolean => isWebhook(manifest);

/** Groups that this API server does not know, of those that it need not know, with the reason. */
async function unknownGroups(objects: readonly DistObject[], kinds: Kinds): Promise<Map<string, string>> {
  const unknown = new Map<string, string>();
  for (const { manifest } of objects) {
    const group = groupOf(manifest.apiVersion);
    const why = BROUGHT_BY_CLOUD[group];
    if (why !== undefined && !(await kinds.isServed(manifest))) unknown.set(group, why);
  }
  return unknown;
}

function judge(
  objects: readonly DistObject[],
  problems: readonly string[],
  unknown: ReadonlyMap<string, string>,
): Verdict {
  const [why] = objects.flatMap(({ manifest }) => unknown.get(groupOf(manifest.apiVersion)) ?? []);
  return problems.length > 0 || why === undefined ? verdictOf(problems) : { state: 'not provable here', why };
}
