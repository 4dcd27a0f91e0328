import { spawnSync } from 'node:child_process';
import { whyNoSandbox } from '../controllers/sandbox';

/** What Argo CD needs from this machine beside its own program, with how to see that it is there. */
const NEEDS = [
  { command: ['redis-server', '--version'], remedy: 'install Redis' },
  { command: ['git', 'http-backend'], remedy: 'install git with its HTTP backend' },
] as const;

/** Why Argo CD cannot run on this machine; undefined where it can. */
export function whyNoArgoCd(): string | undefined {
  for (const { command, remedy } of NEEDS) {
    const [program, argument] = command;
    // Without a request, git's backend answers that it was asked nothing.
    const { error, stdout } = spawnSync(program, [argument], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
    if (error || !stdout) return `${command.join(' ')} does not run here: ${remedy}`;
  }
  return whyNoSandbox();
}
