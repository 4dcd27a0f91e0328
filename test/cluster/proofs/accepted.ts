import { groupOf } from '../../../core/manifest';
import { applyObjects, isWebhook, reapplyObjects } from '../apply';
import { UNPUBLISHED } from '../crds';
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
        verdict: judge(objects, problems.get(name) ?? []),
      }),
    );
    const count = site.objects.filter(isKnown).length;
    say(`${site.name}: ${count} objects applied twice`);
    return { findings, figures: [`${site.name}: ${count} objects in ${site.components.length} components`] };
  },
};

const isOrdinary = ({ manifest }: DistObject): boolean => !isWebhook(manifest);
const isWebhookObject = ({ manifest }: DistObject): boolean => isWebhook(manifest);

/** Why this API server cannot know the kind of an object. */
const whyUnknown = ({ manifest }: DistObject): string | undefined =>
  UNPUBLISHED[groupOf(manifest.apiVersion)];
const isKnown = (object: DistObject): boolean => whyUnknown(object) === undefined;

function judge(objects: readonly DistObject[], problems: readonly string[]): Verdict {
  const unknown = objects.find((object) => !isKnown(object));
  if (problems.length > 0 || !unknown) return verdictOf(problems);
  return { state: 'not provable here', why: `${unknown.manifest.kind}: ${whyUnknown(unknown)}` };
}
