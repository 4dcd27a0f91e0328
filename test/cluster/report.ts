import colors from 'picocolors';
import { table } from '../../cli/table';
import { describeBinaries } from './binaries';
import { byReason, namesOf } from './left-out';
import type { Finding, Proof } from './proof';
import { COLUMNS, columns } from './record';
import type { RunBook } from './run-book';
import type { Result } from './runs';

export interface ReportOptions {
  /** Whether it is a failure that a machine could not do something, or not in its time. */
  readonly strict: boolean;
  /** Proofs that --only leaves out. */
  readonly notAsked: readonly Proof[];
}

/** Prints what a run found: the table, figures, times, every problem, and what was not run. */
export function report(
  { results, leftOut, problems, programs, times }: RunBook,
  { strict, notAsked }: ReportOptions,
): void {
  const findings = results.flatMap(({ outcome }) => outcome.findings);
  const components = [...new Set(findings.map(({ component }) => component))].sort();
  const shown = columns().filter((each) => findings.some(({ column }) => column === each));
  const rows = components.map((component) => [
    component,
    ...shown.map((column) =>
      summary(findings.filter((each) => each.component === component && each.column === column)),
    ),
  ]);
  if (rows.length > 0) console.log(table(['component', ...shown.map((column) => COLUMNS[column])], rows));
  const figures = [...results.flatMap(({ outcome }) => outcome.figures), ...describeBinaries(programs)];
  if (figures.length > 0) console.log(`\n${figures.join('\n')}`);
  if (times.length > 0) console.log(`\n${times.map((line) => `time: ${line}`).join('\n')}`);
  if (problems.length > 0)
    console.log(`\n${problems.map((line) => `${colors.red('✖')} ${line}`).join('\n')}`);
  for (const [why, those] of byReason(leftOut)) {
    const isFailure = strict || those.some(({ fault }) => fault === 'source');
    const title = isFailure ? colors.red('NOT RUN') : colors.yellow('LEFT OUT');
    console.log(`\n${title} ${namesOf(those)}:\n  ${why.replaceAll('\n', '\n  ')}`);
  }
  if (notAsked.length > 0) {
    console.log(`\n${colors.yellow('NOT ASKED FOR')} ${notAsked.map(({ name }) => name).join(', ')}`);
  }
}

/** Everything that is wrong, a line each. */
export function problemsOf({ site, proof, outcome }: Result): string[] {
  const ofComponents = outcome.findings.flatMap(({ component, verdict }) =>
    verdict.state === 'failed' ? verdict.problems.map((line) => `${component}: ${line}`) : [],
  );
  return [...ofComponents, ...(outcome.problems ?? [])].map((line) => `${site} › ${proof.name} › ${line}`);
}

/** One cell: the worst of what was found for the sites. */
function summary(findings: readonly Finding[]): string {
  const failed = findings.filter(({ verdict }) => verdict.state === 'failed').length;
  if (failed > 0) return colors.red(`failed (${failed} of ${findings.length})`);
  const proven = findings.filter(({ verdict }) => verdict.state === 'proven').length;
  if (proven > 0) return colors.green(`proven (${proven})`);
  return findings.length > 0 ? '—' : '';
}
