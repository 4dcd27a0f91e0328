import { requirePlacement } from '../../../core/admission';
import type { ComponentChart } from '../../../core/chart';
import { mixed, type Placement, placementName, termsOf } from '../../../core/placement';
import { CLIENT } from './teams';

/** Placements that a job may choose for its executors other than `spot`, by role of their pods. */
const OTHERS: Readonly<Record<string, Placement>> = Object.fromEntries(
  (['spot-preferred', mixed(1 / 2), mixed(2 / 3), mixed(3 / 4), mixed(4 / 5)] as const).map((placement) => [
    `executor-${placementName(placement)}`,
    placement,
  ]),
);

/** Roles of executors and where each runs. */
export const EXECUTORS: Readonly<Record<string, Placement>> = { executor: 'spot', ...OTHERS };

/**
 * The role of executors of which a share is pinned to spot nodes: all (1), none, but they prefer them (0), or a part.
 * @throws RangeError for a share above 0.8 and below 1
 */
export function executorRole(share: number): string {
  if (share === 1) return 'executor';
  return `executor-${placementName(share === 0 ? 'spot-preferred' : mixed(share))}`;
}

/**
 * Drivers and executors of teams run where they must also where a team writes the job or the session itself. In the
 * namespace of a job that chose another placement for its executors, pods with the label of that role have it.
 * @param chosen roles of executors beside `executor`, by namespace
 */
export function requireJobPlacement(
  chart: ComponentChart,
  chosen: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  const { teams, cloud } = chart.site;
  const namespaces = teams.map(({ namespace }) => namespace);
  // Spark labels its pods so, whoever starts them.
  const role = (name: string) => ({ matchLabels: { 'spark-role': name } });
  const onSpot = {
    terms: cloud.capacity.spot,
    message: `Spark executors run on spot nodes only: take the template ${CLIENT.template} of ConfigMap ${CLIENT.name}`,
  };
  const plain = namespaces.filter((each) => !chosen.has(each));
  if (plain.length > 0) {
    requirePlacement(chart, {
      name: 'spark-executors-on-spot',
      namespaces: plain,
      pods: role('executor'),
      ...onSpot,
    });
  }
  for (const [namespace, roles] of chosen) {
    const others = [...roles].sort();
    requirePlacement(chart, {
      name: `spark-executors-on-spot-in-${namespace}`,
      namespaces: [namespace],
      pods: {
        ...role('executor'),
        matchExpressions: [{ key: ROLE_LABEL, operator: 'NotIn', values: others }],
      },
      ...onSpot,
    });
    for (const name of others) {
      const placement = chart.placement(name);
      requirePlacement(chart, {
        name: `spark-${name}-in-${namespace}`,
        namespaces: [namespace],
        pods: { matchLabels: { ...role('executor').matchLabels, [ROLE_LABEL]: name } },
        terms: termsOf(placement, cloud.capacity),
        split: typeof placement === 'object',
        message: `these Spark executors run ${placementName(placement)}: take executor.template of a job with that spotShare`,
      });
    }
  }
  requirePlacement(chart, {
    name: 'spark-drivers-on-regular',
    namespaces,
    pods: role('driver'),
    terms: cloud.capacity.regular,
    message: 'Spark drivers run on regular nodes only: take driver.template of SparkApplication trips',
  });
}

/** Where a pod says its role; {@link import('../../../core/labels').podLabels}. */
const ROLE_LABEL = 'app.kubernetes.io/component';
