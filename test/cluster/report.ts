import colors from 'picocolors';
import { table } from '../../cli/table';
import type { Finding, Proof } from './proof';
import { COLUMNS, columns } from './record';
import type { Result } from './runs';

/** Prints what a run found: the table, figures, every problem, and what was not run. */
export function report(results: readonly Result[], missing: ReadonlyMap<Proof, string>): void {
  const findings = results.flatMap(({ outcome }) => outcome.findings);
  const components = [...new Set(findings.map(({ component }) => component))].sort();
  const shown = columns().filter((each) => findings.some(({ column }) => column === each));
  const rows = components.map((component) => [
    component,
    ...shown.map((column) =>
      summary(findings.filter((each) => each.component === component && each.column === column)),
    ),
  ]);
  console.log(table(['component', ...shown.map((column) => COLUMNS[column])], rows));
  const figures = results.flatMap(({ outcome }) => outcome.figures);
  if (figures.length > 0) console.log(`\n${figures.join('\n')}`);
  const problems = results.flatMap(problemsOf);
  if (problems.length > 0)
    console.log(`\n${problems.map((line) => `${colors.red('✖')} ${line}`).join('\n')}`);
  for (const [proof, why] of missing) {
    console.log(`\n${colors.red('NOT RUN')} ${proof.name} (${proof.claim}):\n  ${why}`);
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
