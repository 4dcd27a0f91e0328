import { Command, CommanderError } from 'commander';
import { explainBuckets } from './buckets';
import { explain } from './explain';
import { list } from './list';
import type { Program } from './program';
import { reportFailure } from './report';
import { explainServing } from './serving';
import { type SynthFlags, synth } from './synth';

const HELP = `
One file in overlays/ describes a site. synth renders it to plain manifests in dist/<site>/, which are committed;
Argo CD applies them. A changed overlay and the changed manifests make one pull request.

Start here:
  npx lakeport list                       what the platform is made of
  npx lakeport explain                    what an overlay can say
  npx lakeport explain spark              what one component can be set to
  npx lakeport explain spotFloor          what one setting means
  npx lakeport explain buckets            who may do what with which bucket, and how long objects stay
  npx lakeport explain serving            which database serves, why that one, and what would have been next
  npx lakeport synth                      render every site
  npx lakeport synth aws --check          tell whether dist/aws is up to date; writes nothing
`;

const SYNTH_HELP = `
All sites are rendered and checked before anything is written: one problem, and dist stays as it is. Every site then
changes in one step, files that are right already stay untouched, and files that nothing renders any more go.

The table shows requests at the working load on regular and on spot nodes; the share that is pinned to spot, of CPU
and of memory, at the working load, at most and when idle; and the time of rendering in milliseconds.

Ends with 0 where all is well, with 1 where something must be mended.

  npx lakeport synth aws gcp              render these two
  npx lakeport synth --check              in a pipeline: fail where dist is not committed as rendered
  npx lakeport synth --json | jq '.sites[].spotShare.working'
`;

const EXPLAIN_HELP = `
  npx lakeport explain buckets            of every site: how long objects stay and why, who may do what
  npx lakeport explain buckets aws --json | jq '.sites[].buckets[] | {name, grants}'
  npx lakeport explain buckets.lifecycle  what overlays can say of it
  npx lakeport explain serving aws        which database serves there, the reasons, the runner-up
  npx lakeport explain serving.access     what overlays can say of it
`;

/** Runs one command line; the process exits with 1 where it fails. */
export async function run(argv: readonly string[], program: Program): Promise<void> {
  const json = argv.includes('--json');
  try {
    await commands(program).parseAsync([...argv], { from: 'user' });
  } catch (error) {
    // Commander has told the user already, or was asked for help.
    if (error instanceof CommanderError) process.exitCode = error.exitCode;
    else process.exitCode = reportFailure(error, json);
  }
}

function commands(program: Program): Command {
  const root = new Command('lakeport')
    .description('Renders a whole data lake on Kubernetes from one typed overlay a site')
    .addHelpText('after', HELP)
    .showHelpAfterError('(npx lakeport --help shows what there is)')
    .exitOverride();
  root
    .command('synth')
    .description('render sites to dist/<site>/; all where none is named')
    .argument('[site...]', 'names of overlay files without .ts')
    .option('--check', 'write nothing; fail where dist is not what would be written')
    .option('--allow-shrink', 'go on where a site would lose more than half of its files')
    .option('--out <folder>', 'write there instead of dist')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', SYNTH_HELP)
    .action((sites: string[], options: SynthFlags) => synth(program, sites, options));
  root
    .command('list')
    .description('components with their settings, defaults and where their pods run')
    .argument('[site]', 'tell also what the site turns on, and in which order')
    .option('--json', 'print the result as JSON')
    .action((site: string | undefined, options: { json?: boolean }) =>
      list(program, site, options.json ?? false),
    );
  root
    .command('explain')
    .description(
      'one component (spark), one of its settings (spark.executors), a field of overlays (spotFloor), buckets, or serving',
    )
    .argument('[what]', 'component, component.setting or field; every field of overlays where it is left out')
    .argument('[site...]', 'with buckets or serving: the sites that are told of; all where none is named')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXPLAIN_HELP)
    .action((what: string | undefined, sites: string[], options: { json?: boolean }) => {
      const json = options.json ?? false;
      if (what === 'buckets') explainBuckets(program, sites, json);
      else if (what === 'serving') explainServing(program, sites, json);
      else explain(program, what ?? '', sites, json);
    });
  for (const command of root.commands) command.exitOverride().showHelpAfterError('(add --help to see how)');
  return root;
}
