import type { Autoscaler, ScaleTarget } from '../../../core/autoscaler';
import type { ComponentChart } from '../../../core/chart';
import { groupOf } from '../../../core/manifest';
import type { Scale } from '../../../core/scale';
import {
  ScaledObjectSpecFallbackBehavior as Behavior,
  ScaledObject,
  type ScaledObjectSpecTriggers,
} from '../../../imports/scaledobject-keda.sh';
import { NAME } from './endpoints';
import type { Trigger } from './triggers';

/**
 * Scales by what there is to do: the most that any of the triggers asks for.
 * @throws RangeError for a scale that begins at zero where no trigger can bring up the first replica
 */
export const byEvents =
  (first: Trigger, ...others: readonly Trigger[]): Autoscaler =>
  (chart, target, replicas) =>
    scaled(chart, { target, replicas, triggers: [first, ...others] });

export interface ScaledProps {
  readonly target: ScaleTarget & {
    /** Plural of a custom kind, as the API server spells it, so that KEDA gets the right to change its replicas. */
    readonly resource?: string;
  };
  readonly replicas: Scale;
  readonly triggers: readonly Trigger[];
  /** Seconds for which nothing must be to do before the last replica goes. Default: 300. */
  readonly cooldown?: number;
}

/** The same of any kind that has replicas, such as those of an operator. What they take is declared by `chart.demand`. */
export function scaled(chart: ComponentChart, props: ScaledProps): void {
  const { target, replicas, cooldown = 300 } = props;
  const { apiVersion, kind, namespace, name, resource, annotations } = target;
  chart.recorded.needs.add(NAME);
  if (resource) chart.recorded.scaled.push({ group: groupOf(apiVersion), resource });
  const triggers = props.triggers.map((trigger) => trigger(chart));
  if (replicas.min === 0 && triggers.every(({ type }) => ofRunning(type))) {
    throw new RangeError(`${kind} ${name} cannot be scaled by CPU from zero replicas`);
  }
  new ScaledObject(chart, `scaled-${namespace}-${name}`, {
    metadata: { name, namespace, ...(annotations ? { annotations: { ...annotations } } : {}) },
    spec: {
      scaleTargetRef: { apiVersion, kind, name },
      minReplicaCount: replicas.min,
      maxReplicaCount: replicas.max,
      pollingInterval: 30,
      cooldownPeriod: cooldown,
      ...fallback(triggers, replicas),
      triggers,
    },
  });
}

/** Whether a trigger only sees replicas that run. */
const ofRunning = (type: string): boolean => type === 'cpu' || type === 'memory';

/** Where a source does not answer, the working load is the best guess; a clock always answers. */
function fallback(triggers: readonly ScaledObjectSpecTriggers[], { typical }: Scale) {
  const asks = triggers.some(({ type }) => !ofRunning(type) && type !== 'cron');
  if (!asks || typical === 0) return {};
  return {
    fallback: { failureThreshold: 5, replicas: typical, behavior: Behavior.CURRENT_REPLICAS_IF_HIGHER },
  };
}
