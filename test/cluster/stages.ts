import type { Proof } from './proof';

/**
 * Splits proofs, in their order, where a program must be built that the ones before do without: what can be proven is
 * proven before the next build begins.
 * @param all proofs, among which are those that others come after
 * @param missing of the programs that a proof names those that must be built
 */
export function stagesOf(
  chosen: readonly Proof[],
  all: readonly Proof[],
  missing: (program: string) => boolean,
): Proof[][] {
  const stages: Proof[][] = [];
  const built = new Set<string>();
  for (const proof of chosen) {
    const fresh = needsOf(proof, all).filter((program) => missing(program) && !built.has(program));
    for (const program of fresh) built.add(program);
    const stage = stages.at(-1);
    if (stage && fresh.length === 0) stage.push(proof);
    else stages.push([proof]);
  }
  return stages;
}

/** Programs beside the control plane that a proof needs, with those of the proofs that it comes after. */
export const needsOf = ({ programs, after = [] }: Proof, all: readonly Proof[]): string[] => [
  ...programs,
  ...all.filter(({ name }) => after.includes(name)).flatMap((each) => each.programs),
];
