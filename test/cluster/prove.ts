import { Command, CommanderError, Option } from 'commander';
import { chosenSites } from '../../cli/overlays';
import { reportFailure } from '../../cli/report';
import { groupOf } from '../../core/manifest';
import { InputError } from '../../core/problem';
import { program } from '../../program';
import { binary, type Say } from './binaries';
import { PROGRAMS } from './control-plane';
import { UNPUBLISHED } from './crds';
import { cleanUp } from './folders';
import { endOnSignals } from './lifetime';
import { merge } from './merge';
import { writePage } from './page';
import type { Proof } from './proof';
import { proofs } from './proofs';
import { readRecord, writeRecord } from './record';
import { problemsOf, report } from './report';
import { proveSite, type Result } from './runs';
import { DistSite } from './site';
import { explained } from './system-error';

interface Flags {
  readonly only?: readonly string[];
  readonly all?: boolean;
  readonly write: boolean;
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
    results.push(...(await proveSite(site, here, say)));
  }
  report(results, missing);
  if (write) {
    const known = merge(readRecord(), results);
    writeRecord(known);
    writePage(known);
  }
  const failed = results.some((result) => problemsOf(result).length > 0);
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

/** The site with most objects, of those whose kinds can all be had. */
function fullestOf(sites: readonly DistSite[]): DistSite | undefined {
  const whole = sites.filter(({ objects }) =>
    objects.every(({ manifest }) => !(groupOf(manifest.apiVersion) in UNPUBLISHED)),
  );
  return [...(whole.length > 0 ? whole : sites)].sort((a, b) => b.objects.length - a.objects.length)[0];
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
  process.exitCode =
    error instanceof CommanderError ? error.exitCode : reportFailure(explained(error), false);
});
