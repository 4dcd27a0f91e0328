import { Command, CommanderError, Option } from 'commander';
import { chosenSites } from '../../cli/overlays';
import { reportFailure } from '../../cli/report';
import { groupOf } from '../../core/manifest';
import { InputError } from '../../core/problem';
import { program } from '../../program';
import { binary, describeBinaries, isAtHand, type Say } from './binaries';
import { PROGRAMS } from './control-plane';
import { BROUGHT_BY_CLOUD } from './crds';
import { cleanUp } from './folders';
import { endAll, endOnSignals, isEnding } from './lifetime';
import { merge } from './merge';
import { writePage } from './page';
import type { Proof } from './proof';
import { proofs } from './proofs';
import { writeReadme } from './readme';
import { readRecord, writeRecord } from './record';
import { report } from './report';
import { RunBook } from './run-book';
import { proveSite } from './runs';
import { DistSite } from './site';
import { needsOf, stagesOf } from './stages';
import { explained } from './system-error';
import { timeOf } from './time';
import { toolOf } from './tool';
import { Unavailable } from './unavailable';

interface Flags {
  readonly only?: readonly string[];
  readonly without?: readonly string[];
  readonly all?: boolean;
  readonly minutes?: number;
  readonly write: boolean;
}

const say: Say = (line) => console.error(line);

async function prove(asked: readonly string[], flags: Flags): Promise<void> {
  const { all, minutes, write } = flags;
  const strict = minutes === undefined;
  const time = minutes === undefined ? undefined : timeOf(minutes);
  // What was broken off may yet fail, with nobody there to hear of it.
  time?.addEventListener('abort', () => process.on('unhandledRejection', () => undefined));
  const chosen = choose(flags);
  const sites = chosenSites(program.root, asked).map((name) => new DistSite(name));
  const left = await cleanUp();
  if (left > 0) say(`ended what ${left} earlier ${left === 1 ? 'run' : 'runs'} left behind`);
  if (process.env.KUBECONFIG) say('KUBECONFIG is not used: only clusters that are started here are touched');
  const book = new RunBook();
  const fullest = fullestOf(sites);
  for (const stage of stagesOf(chosen, proofs, (needed) => !isAtHand(needed))) {
    const ready = await built(stage, book, time);
    for (const site of sites) {
      const here = ready.filter((proof) => all || proof.sites === 'every' || site === fullest);
      if (here.length > 0) book.add(await proveSite(site, here, say, time));
    }
  }
  report(book, { strict, notAsked: proofs.filter((proof) => !chosen.includes(proof)) });
  if (write) {
    const known = merge(readRecord(), book.results, describeBinaries(book.programs));
    writeRecord(known);
    writePage(known);
    writeReadme(known);
  }
  process.exitCode = book.isFailed(strict) ? 1 : 0;
  if (time?.aborted) await leave();
}

/** Ends what was broken off, which may still wait for something. */
async function leave(): Promise<never> {
  await endAll();
  process.exit();
}

/** Builds what proofs need, and returns those that can be made. */
async function built(
  stage: readonly Proof[],
  book: RunBook,
  time: AbortSignal | undefined,
): Promise<Proof[]> {
  const ready: Proof[] = [];
  for (const proof of stage) {
    try {
      for (const needed of [...PROGRAMS, ...needsOf(proof, proofs)]) {
        if (!isAtHand(needed)) await book.timed(`build of ${toolOf(needed).name}`, binary(needed, say, time));
      }
      ready.push(proof);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      book.leaveOut({ proof, fault: error.fault, why: error.message });
    }
  }
  return ready;
}

function choose({ only, without = [] }: Flags): readonly Proof[] {
  const wrong = Object.entries({ '--only': only ?? [], '--without': without }).flatMap(([field, names]) =>
    names.filter((name) => !proofs.some((proof) => proof.name === name)).map((found) => ({ field, found })),
  );
  if (wrong.length > 0) {
    const remedy = `there are: ${proofs.map(({ name }) => name).join(', ')}`;
    throw new InputError(wrong.map((each) => ({ ...each, message: 'there is no such proof', remedy })));
  }
  return proofs.filter(({ name }) => (only?.includes(name) ?? true) && !without.includes(name));
}

/** The site with most objects, of those whose kinds the platform brings itself. */
function fullestOf(sites: readonly DistSite[]): DistSite | undefined {
  const whole = sites.filter(({ objects }) =>
    objects.every(({ manifest }) => !(groupOf(manifest.apiVersion) in BROUGHT_BY_CLOUD)),
  );
  return [...(whole.length > 0 ? whole : sites)].sort((a, b) => b.objects.length - a.objects.length)[0];
}

const list = (text: string): string[] => text.split(',').filter(Boolean);

function minutesOf(text: string): number {
  const minutes = Number(text);
  // Timers of Node.js go up to 24 days.
  if (minutes > 0 && minutes <= 24 * 60) return minutes;
  const message = 'it must be a number of minutes, more than 0 and at most 1440';
  throw new InputError([
    { field: '--minutes', found: text, message, remedy: 'write for example --minutes 45' },
  ]);
}

const command = new Command('prove')
  .description('Proves the sites on a real control plane: up, prove, down')
  .argument('[site...]', 'names of overlay files without .ts; all where none is named')
  .addOption(new Option('--only <proofs>', 'these proofs, comma-separated').argParser(list))
  .addOption(new Option('--without <proofs>', 'all proofs but these, comma-separated').argParser(list))
  .option('--all', 'prove everything for every site, not only for the fullest')
  .addOption(
    new Option(
      '--minutes <number>',
      'be over after this time: what a machine cannot build or prove by then is left out, by name, and is no failure',
    ).argParser(minutesOf),
  )
  .option('--no-write', 'leave docs/proof.md and docs/proof.json as they are')
  .addHelpText(
    'after',
    () => `\nProofs:\n${proofs.map(({ name, claim }) => `  ${name.padEnd(12)} ${claim}`).join('\n')}`,
  )
  .exitOverride()
  .action(prove);

endOnSignals(say);
command.parseAsync(process.argv.slice(2), { from: 'user' }).catch((error: unknown) => {
  if (isEnding()) return;
  process.exitCode =
    error instanceof CommanderError ? error.exitCode : reportFailure(explained(error), false);
});
