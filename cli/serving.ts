import { loadOf } from '../core/demand';
import type { SiteModel } from '../core/model';
import type { Advice, Candidate, Fit } from '../core/serving';
import { colors } from './colors';
import type { Program } from './program';
import { synthesizeSites } from './sites';
import { table } from './table';

/** What a site asks of the database that serves, and what is made of it. */
interface ServingReport {
  readonly site: string;
  /** Candidates of the platform that are on, whoever turned them on. */
  readonly on: readonly string[];
  /** Undefined where the overlay does not say what it needs. */
  readonly advice: Advice | undefined;
  /** Cores and bytes that each requests at the working load, and how much of it is pinned to spot. */
  readonly compute: Readonly<
    Record<string, { cpu: number; memory: number; spot: { cpu: number; memory: number } }>
  >;
}

/**
 * Prints which database serves in sites, with the reasons and the runner-up.
 * @throws InputError where a site does not render
 */
export function explainServing(program: Program, asked: readonly string[], json: boolean): void {
  const databases = program.platform.serving?.databases ?? [];
  const sites = [...synthesizeSites(program, asked)].map(
    ([site, { synthesis }]): ServingReport => ({
      site,
      on: databases.filter((name) => synthesis.model.site.isOn(name)),
      advice: synthesis.advice,
      compute: computeOf(synthesis.model, databases),
    }),
  );
  if (json) {
    console.log(JSON.stringify({ sites }, undefined, 2));
    return;
  }
  sites.forEach((report, index) => {
    if (index > 0) console.log('');
    show(report);
  });
}

function computeOf({ recorded }: SiteModel, databases: readonly string[]): ServingReport['compute'] {
  return Object.fromEntries(
    databases.flatMap((name) => {
      const demands = recorded.get(name)?.demands;
      if (!demands) return [];
      const { spot, regular, share } = loadOf(demands, 'typical');
      const [cpu, memory] = [spot.cpu + regular.cpu, spot.memory + regular.memory];
      return [[name, { cpu, memory, spot: share }] as const];
    }),
  );
}

function show({ site, on, advice, compute }: ServingReport): void {
  console.log(colors.bold(site));
  if (!advice) {
    const which = on.length > 0 ? `${on.join(', ')}, turned on by hand` : 'none';
    console.log(`  serves: ${which}; the overlay does not say under serving what it needs`);
  } else {
    const { chosen, runnerUp, candidates } = advice;
    if (chosen) showChosen(chosen, advice);
    if (runnerUp) console.log(`  runner-up: ${runnerUp.component}, with ${runnerUp.points} points`);
    const rows = (candidates[0]?.reasons ?? []).map(({ need }, line) => [
      need,
      ...candidates.map(({ reasons }) => cell(reasons[line])),
    ]);
    const heads = candidates.map(({ component, points, ruledOut }) =>
      ruledOut ? `${component}: ruled out` : `${component}: ${points}`,
    );
    console.log(
      table(
        ['  what is asked for', ...heads],
        rows.map(([need, ...cells]) => [`  ${need}`, ...cells]),
      ),
    );
    const others = on.filter((name) => name !== chosen?.component);
    if (others.length > 0) console.log(`  also on, by hand: ${others.join(', ')}`);
  }
  for (const [name, { cpu, memory, spot }] of Object.entries(compute)) {
    console.log(
      `  ${name} requests ${cpu.toFixed(1)} CPU and ${(memory / 2 ** 30).toFixed(0)} Gi at the working load, ` +
        `of it on spot ${percent(spot.cpu)} / ${percent(spot.memory)}`,
    );
  }
}

function showChosen(chosen: Candidate, { needs, candidates }: Advice): void {
  const [best] = candidates;
  console.log(`  serves: ${colors.bold(chosen.component)}`);
  if (needs.database) {
    console.log(
      best.component === chosen.component
        ? '  the table would have picked it as well'
        : `  the table would have picked ${best.component}; the choice by name is kept`,
    );
  }
  const against = chosen.reasons.filter(({ fit }) => fit === 'weak' || fit === 'no');
  for (const { need, why, source } of chosen.reasons.filter(({ fit }) => fit === 'best' || fit === 'good')) {
    console.log(`  + ${need}: ${why} ${colors.dim(source)}`);
  }
  for (const { need, why, source } of against) console.log(`  − ${need}: ${why} ${colors.dim(source)}`);
  for (const each of chosen.sizing) console.log(`  size: ${each}`);
}

const cell = (reason: { readonly fit: Fit } | undefined): string => reason?.fit ?? '';

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
