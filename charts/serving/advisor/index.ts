import { parseQuantity } from '../../../core/quantity';
import type { Candidate, Fit, Reason, ServingAdvisor, ServingNeeds } from '../../../core/serving';
import { DATABASES, type Database, type Decision, decisions, type When } from './decisions';
import { sizes } from './sizes';

/** What a line of the table is worth. */
const POINTS: Readonly<Record<Fit, number>> = { best: 3, good: 2, weak: 1, no: 0 };

/** Picks the database that serves by the decision table: the most points among those that no line rules out. */
export const servingAdvisor: ServingAdvisor = {
  databases: DATABASES,
  advise(needs, without) {
    const asked = decisions.filter(({ when }) => applies(when, needs));
    const candidates = DATABASES.filter((name) => !without.has(name)).map((name) =>
      judge(name, asked, needs),
    );
    const [first, ...others] = [...candidates].sort((a, b) => rank(b) - rank(a));
    if (!first) throw new Error('there is no database to pick from');
    const named = candidates.find(({ component }) => component === needs.database);
    const fitting = first.ruledOut ? undefined : first;
    const chosen = needs.database === undefined ? fitting : named;
    const runnerUp = [first, ...others].find((each) => each !== chosen && !each.ruledOut);
    return { needs, candidates: [first, ...others], chosen, runnerUp };
  },
};

/** Sorting is stable: of two with the same points the first of the table's order comes first. */
const rank = ({ points, ruledOut }: Candidate): number => (ruledOut ? -1 : points);

function judge(name: Database, asked: readonly Decision[], needs: ServingNeeds): Candidate {
  const reasons = asked.map(({ need, fits }): Reason => {
    const [fit, why, source] = fits[name];
    return { need, fit, why, source };
  });
  return {
    component: name,
    points: reasons.reduce((sum, { fit }) => sum + POINTS[fit], 0),
    reasons,
    ruledOut: reasons.some(({ fit }) => fit === 'no'),
    ...sizes[name](needs),
  };
}

function applies(when: When, needs: ServingNeeds): boolean {
  const { access, arrival, updates, timed } = when;
  const { responseMsBelow, queriesPerSecondAbove, writesPerSecondAbove, volumeAbove } = when;
  return (
    (access === undefined || needs.access.includes(access)) &&
    (arrival === undefined || needs.arrival === arrival) &&
    (updates === undefined || needs.updates === updates) &&
    (timed === undefined || needs.timed === timed) &&
    (responseMsBelow === undefined || needs.responseMs < responseMsBelow) &&
    (queriesPerSecondAbove === undefined || needs.queriesPerSecond > queriesPerSecondAbove) &&
    (writesPerSecondAbove === undefined || needs.writesPerSecond > writesPerSecondAbove) &&
    (volumeAbove === undefined || parseQuantity(needs.volume) > parseQuantity(volumeAbove))
  );
}
