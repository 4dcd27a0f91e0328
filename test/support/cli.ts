import path from 'node:path';
import { run } from '../../cli/run';
import type { Platform } from '../../core/platform';

// lakeport over another folder of overlays: node bin/run.js test/support/cli.ts <root> <platform> <argument…>
const [root = '', name = '', ...argv] = process.argv.slice(2);

/** Loads only the one that is asked for. */
function platformOf(which: string): Platform {
  // What require returns has no type of its own.
  if (which === 'small') return (require('./platform') as typeof import('./platform')).small;
  return (require('../../program') as typeof import('../../program')).program.platform;
}

run(argv, { root, platform: platformOf(name), load: (file) => require(path.resolve(file)) });
