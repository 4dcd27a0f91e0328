import { InputError } from '../../../core/problem';
import type { CapacityName, Machine } from '../nodes';

/** How much of a platform is simulated. */
export interface Size {
  /** Pods of teams, at least. */
  readonly pods: number;
  /** Nodes, at least. */
  readonly nodes: Readonly<Record<CapacityName, number>>;
}

const FULL: Size = { pods: 10_000, nodes: { regular: 100, spot: 900 } };

/** Large enough that 1,000 of them hold what 10,000 pods request, also when 30 % of the spot nodes are gone. */
export const MACHINE: Machine = { cpu: 48, memory: 192, pods: 110 };

const VARIABLE = 'LAKEPORT_SCALE';

/**
 * The full size, or the part of it that LAKEPORT_SCALE names (0.1 to 1; default 1): less than a tenth of the nodes,
 * of which some are always small ones, would not hold the pods when spot nodes are gone.
 * @throws InputError where that is no such number
 */
export function sizeOf(env: Readonly<Record<string, string | undefined>> = process.env): Size {
  const text = env[VARIABLE]?.trim() || '1';
  const part = Number(text);
  if (!(part >= 0.1 && part <= 1)) {
    const message = 'is no part of the full size';
    const remedy = 'write a number from 0.1 to 1, such as 0.1 for 1,000 pods on 100 nodes, or leave it out';
    throw new InputError([{ field: VARIABLE, found: text, message, remedy }]);
  }
  const of = (whole: number) => Math.ceil(whole * part);
  return { pods: of(FULL.pods), nodes: { regular: of(FULL.nodes.regular), spot: of(FULL.nodes.spot) } };
}
