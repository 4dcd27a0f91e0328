import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Command, CommanderError } from 'commander';
import { chosenSites } from '../../cli/overlays';
import { reportFailure } from '../../cli/report';
import { InputError } from '../../core/problem';
import { isProcessName, isRunning } from '../../core/process';
import { program } from '../../program';
import { binary, type Say } from './binaries';
import { startControlPlane } from './control-plane';
import { BY_HAND, cleanUp, clusterFolder, dropFolder, leaveUp } from './folders';
import { endOnSignals, isEnding } from './lifetime';
import { accepted } from './proofs/accepted';
import { openScene } from './scene';
import { endRecorded } from './services';
import { DistSite } from './site';
import { explained } from './system-error';

const say: Say = (line) => console.error(line);
const folder = clusterFolder(BY_HAND);
const kubeconfig = path.join(folder, 'kubeconfig');

async function up(site: string | undefined): Promise<void> {
  if (site === undefined) {
    const cluster = await startControlPlane({ say, name: BY_HAND });
    leaveUp(cluster.folder);
  } else {
    const [name = site] = chosenSites(program.root, [site]);
    const scene = await openScene(new DistSite(name), say, { name: BY_HAND });
    try {
      await accepted.run(scene);
    } catch (error) {
      await scene.cluster.stop();
      throw error;
    }
    leaveUp(scene.cluster.folder);
  }
  console.log(`export KUBECONFIG=${kubeconfig}`);
  // Connections to the API server are kept, and must not keep this process.
  process.exit();
}

async function status(): Promise<void> {
  await cleanUp();
  if (!fs.existsSync(folder)) {
    console.log('no cluster is up');
    process.exitCode = 1;
    return;
  }
  const pids = path.join(folder, 'pids');
  for (const name of fs.readdirSync(pids)) {
    const found = fs.readFileSync(path.join(pids, name), 'utf8').trim();
    const running = isProcessName(found) && isRunning(found);
    console.log(`${name.padEnd(24)} ${running ? `runs as process ${found.split('-')[0]}` : 'has ended'}`);
    if (!running) process.exitCode = 1;
  }
  console.log(
    `kubeconfig               ${kubeconfig}\nlogs                     ${path.join(folder, 'logs')}`,
  );
}

async function down(): Promise<void> {
  await cleanUp();
  if (!fs.existsSync(folder)) return console.log('no cluster was up');
  await endRecorded(folder);
  dropFolder(folder);
  console.log('the cluster is down');
}

/** Flags that would lead to another cluster than the one that is up. */
const ELSEWHERE = /^(--kubeconfig|--context|--cluster|--server|-s|--user)(=|$)/;

async function kubectl(args: readonly string[]): Promise<void> {
  if (!fs.existsSync(kubeconfig)) {
    const remedy = 'npm run cluster -- up starts one';
    throw new InputError([{ field: 'kubectl', message: 'no cluster is up', remedy }]);
  }
  const wrong = args.find((arg) => ELSEWHERE.test(arg));
  if (wrong) {
    const message = 'this would leave the cluster that was started here';
    throw new InputError([
      { field: 'kubectl', found: wrong, message, remedy: 'use your own kubectl for others' },
    ]);
  }
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  const { status } = spawnSync(await binary('kubectl', say), args, { stdio: 'inherit', env });
  process.exitCode = status ?? 1;
}

const commands = new Command('cluster')
  .description('A control plane without machines, on loopback, for work by hand')
  .enablePositionalOptions()
  .exitOverride();
commands
  .command('up')
  .description('start it, empty or with the nodes, custom kinds and objects of a site')
  .argument('[site]')
  .action(up);
commands.command('status').description('programs, kubeconfig, logs').action(status);
commands
  .command('kubectl')
  .description('kubectl for this cluster and no other')
  .argument('[arg...]')
  .allowUnknownOption()
  .passThroughOptions()
  .helpOption(false)
  .action(kubectl);
commands.command('down').description('end it and drop its data').action(down);

endOnSignals(say);
commands.parseAsync(process.argv.slice(2), { from: 'user' }).catch((error: unknown) => {
  if (isEnding()) return;
  process.exitCode =
    error instanceof CommanderError ? error.exitCode : reportFailure(explained(error), false);
});
