import type { ComponentChart } from '../../../core/chart';
import { InputError, type Problem } from '../../../core/problem';
import { hint } from '../../../core/suggest';
import { declaredTopics, topicName } from '../kafka';
import type { Settings } from './settings';

/** Hours for which a job may stand still: a long weekend. */
const OUTAGE_HOURS = 72;

/**
 * Every topic that a job of the overlay reads is there, and keeps messages as long as its job may stand still: else its
 * checkpoint would point at nothing.
 * @throws InputError naming each that is not
 */
export function requireReadTopics(chart: ComponentChart, { applications }: Settings): void {
  const topics = declaredTopics(chart);
  const problems = applications.flatMap(({ team, topic, outageHours = OUTAGE_HOURS }, index): Problem[] => {
    if (topic === undefined) return [];
    const path = `applications[${index}]`;
    const name = topicName(team, topic);
    if (!topics.has(name)) {
      const message = `names a topic that the overlay does not declare: ${name}`;
      const declared = `declare it: components.kafka.topics: [{ team: "${team}", name: "${topic}" }]`;
      const others = [...topics.keys()].filter((each) => each.startsWith(topicName(team, '')));
      const meant = others.length === 0 ? '' : `; or ${hint(name, others)}`;
      return [{ field: `${path}.topic`, found: topic, message, remedy: `${declared}${meant}` }];
    }
    const hours = topics.get(name);
    if (hours === undefined || hours >= outageHours) return [];
    const message =
      `the job may stand still for ${outageHours} hours, but ${name} keeps messages for ${hours} hours: its checkpoint ` +
      'would then point at nothing';
    const remedy = `raise retentionHours of the topic to ${outageHours}, or write ${hours} or less`;
    return [{ field: `${path}.outageHours`, found: outageHours, message, remedy }];
  });
  if (problems.length > 0) throw new InputError(problems);
}
