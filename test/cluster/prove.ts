import { Command, CommanderError, Option } from 'commander';
import colors from 'picocolors';
import { chosenSites } from '../../cli/overlays';
import { reportFailure } from '../../cli/report';
import { table } from '../../cli/table';
import { InputError } from '../../core/problem';
import { program } from '../../program';
import { binary, type Say } from './binaries';
import { PROGRAMS } from './control-plane';
import { cleanUp } from './folders';
import { endOnSignals } from './lifetime';
import type { Finding, Outcome, Proof } from './proof';
import { proofs } from './proofs';
import { accepted } from './proofs/accepted';
import {
  type Cell,
  COLUMNS,
  type Column,
  componentsOfDist,
  digestOf,
  type ProofRecord,
  readRecord,
  writeRecord,
} from './record';
import { openScene, seconds } from './scene';
import { DistSite } from './site';

interface Flags {
  readonly only?: readonly string[];
  readonly all?: boolean;
  readonly write: boolean;
}

/** What a proof found for a site, or why it could not be run. */
interface Result {
  readonly proof: Proof;
  readonly site: string;
  readonly outcome: Outcome;
  readonly seconds: string;
}

const say: Say = (line) => console.error(line);

async function prove(asked: readonly string[], { only, all, write }: Flags): Promise<void> {
  const chosen = choose(only);
  const sites = chosenSites(program.root, asked).map((name) => new DistSite(name));
  const left = await cleanUp();
  if (left > 0) say(`ended what ${left} earlier ${left === 1 ? 'run' : 'runs'} left behind`);
  if (process.env.KUBECONFIG) say('KUBECONFIG is not used: only clusters that are started here are touched');
  for (const tool of PROGRAMS) await binary(tool, say);
  const missing = await unavailable(chosen);
  const results: Result[] = [];
  const fullest = fullestOf(sites);
  for (const site of sites) {
    const here = chosen.filter(
      (proof) => !missing.has(proof) && (all || proof.sites === 'every' || site === fullest),
    );
    results.push(...(await proveSite(site, here)));
  }
  report(results, missing);
  if (write) writeRecord(merge(readRecord(), results, sites));
  const failed = results.some(({ outcome }) =>
    outcome.findings.some(({ verdict }) => verdict.state === 'failed'),
  );
  process.exitCode = failed || missing.size > 0 ? 1 : 0;
}

function choose(only: readonly string[] | undefined): readonly Proof[] {
  if (!only) return proofs;
  const unknown = only.filter((name) => !proofs.some((proof) => proof.name === name));
  if (unknown.length > 0) {
    const remedy = `there are: ${proofs.map(({ name }) => name).join(', ')}`;
    throw new InputError(
      unknown.map((found) => ({ field: '--only', found, message: 'there is no such proof', remedy })),
    );
  }
  return proofs.filter(({ name }) => only.includes(name));
}

/** Proofs whose programs cannot be had, with the reason; the others go on. */
async function unavailable(chosen: readonly Proof[]): Promise<Map<Proof, string>> {
  const missing = new Map<Proof, string>();
  for (const proof of chosen) {
    for (const needed of proof.programs) {
      try {
        await binary(needed, say);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        missing.set(proof, error.message);
      }
    }
  }
  return missing;
}

const fullestOf = (sites: readonly DistSite[]): DistSite | undefined =>
  [...sites].sort((a, b) => b.objects.length - a.objects.length)[0];

/** Runs proofs for a site: those that need an empty cluster get one each, the others share one. */
async function proveSite(site: DistSite, chosen: readonly Proof[]): Promise<Result[]> {
  const results: Result[] = [];
  const alone = chosen.filter((proof) => proof.start === 'empty' && proof !== accepted);
  const shared = chosen.filter((proof) => !alone.includes(proof));
  const groups = [shared, ...alone.map((proof) => [proof])].filter((group) => group.length > 0);
  for (const group of groups) {
    const scene = await openScene(site, say);
    try {
      // What other proofs start from is what this one makes.
      const needed = group === shared && !group.includes(accepted) ? [accepted, ...group] : group;
      for (const proof of needed) {
        const started = Date.now();
        const outcome = await proof.run(scene);
        results.push({ proof, site: site.name, outcome, seconds: seconds(started) });
        say(`${site.name}: ${proof.name} in ${seconds(started)} s`);
      }
    } finally {
      await scene.cluster.stop();
    }
  }
  return results;
}

function report(results: readonly Result[], missing: ReadonlyMap<Proof, string>): void {
  const findings = results.flatMap(({ outcome }) => outcome.findings);
  const components = [...new Set(findings.map(({ component }) => component))].sort();
  const columns = (Object.keys(COLUMNS) as Column[]).filter((each) =>
    findings.some(({ column }) => column === each),
  );
  const rows = components.map((component) => [
    component,
    ...columns.map((column) =>
      summary(findings.filter((each) => each.component === component && each.column === column)),
    ),
  ]);
  console.log(table(['component', ...columns.map((column) => COLUMNS[column])], rows));
  const figures = results.flatMap(({ outcome }) => outcome.figures);
  if (figures.length > 0) console.log(`\n${figures.join('\n')}`);
  const problems = results.flatMap(({ site, proof, outcome }) =>
    outcome.findings.flatMap(({ component, verdict }) =>
      verdict.state === 'failed'
        ? verdict.problems.map((line) => `${site} › ${component} › ${proof.name}: ${line}`)
        : [],
    ),
  );
  if (problems.length > 0)
    console.log(`\n${problems.map((line) => `${colors.red('✖')} ${line}`).join('\n')}`);
  for (const [proof, why] of missing) {
    console.log(`\n${colors.red('NOT RUN')} ${proof.name} (${proof.claim}):\n  ${why}`);
  }
}

/** One cell: the worst of what was found for the sites. */
function summary(findings: readonly Finding[]): string {
  const failed = findings.filter(({ verdict }) => verdict.state === 'failed').length;
  if (failed > 0) return colors.red(`failed (${failed} of ${findings.length})`);
  const proven = findings.filter(({ verdict }) => verdict.state === 'proven').length;
  if (proven > 0) return colors.green(`proven (${proven})`);
  return findings.length > 0 ? '—' : '';
}

/** What is known after a run: cells that it judged are new, those of an older dist are dropped. */
function merge(known: ProofRecord, results: readonly Result[], sites: readonly DistSite[]): ProofRecord {
  const components: Record<string, Partial<Record<Column, Cell>>> = {};
  for (const component of new Set(sites.flatMap((site) => site.components.map(({ name }) => name)))) {
    const digest = digestOf(component);
    const old = Object.entries(known.components[component] ?? {}).filter(
      ([, cell]) => cell.digest === digest,
    );
    components[component] = Object.fromEntries(old);
    for (const column of Object.keys(COLUMNS) as Column[]) {
      const found = results.flatMap(({ site, outcome }) =>
        outcome.findings
          .filter((each) => each.component === component && each.column === column)
          .map(({ verdict }) => ({ site, verdict })),
      );
      if (found.length > 0) components[component][column] = cellOf(digest, found);
    }
  }
  const figures = { ...known.figures };
  for (const { proof } of results) {
    figures[proof.name] = results
      .filter((each) => each.proof === proof)
      .flatMap(({ outcome }) => outcome.figures);
  }
  const inDist = componentsOfDist();
  const kept = Object.entries({ ...known.components, ...components }).filter(([name]) =>
    inDist.includes(name),
  );
  return { components: Object.fromEntries(kept), figures };
}

function cellOf(
  digest: string,
  found: readonly { readonly site: string; readonly verdict: Finding['verdict'] }[],
): Cell {
  const sites = found.map(({ site }) => site);
  for (const { site, verdict } of found) {
    if (verdict.state === 'failed')
      return { digest, state: 'failed', sites, why: `${site}: ${verdict.problems[0]}` };
  }
  if (found.some(({ verdict }) => verdict.state === 'proven')) return { digest, state: 'proven', sites };
  const [{ verdict } = { verdict: undefined }] = found;
  const why = verdict?.state === 'not provable here' ? verdict.why : 'nothing was found';
  return { digest, state: 'not provable here', sites, why };
}

const list = (text: string): string[] => text.split(',').filter(Boolean);

const command = new Command('prove')
  .description('Proves the sites on a real control plane: up, prove, down')
  .argument('[site...]', 'names of overlay files without .ts; all where none is named')
  .addOption(new Option('--only <proofs>', 'comma-separated').argParser(list))
  .option('--all', 'prove everything for every site, not only for the fullest')
  .option('--no-write', 'leave docs/proof.md and docs/proof.json as they are')
  .addHelpText(
    'after',
    () => `\nProofs:\n${proofs.map(({ name, claim }) => `  ${name.padEnd(12)} ${claim}`).join('\n')}`,
  )
  .exitOverride()
  .action(prove);

endOnSignals(say);
command.parseAsync(process.argv.slice(2), { from: 'user' }).catch((error: unknown) => {
  process.exitCode = error instanceof CommanderError ? error.exitCode : reportFailure(error, false);
});
