import { run } from '../../cli/run';
import { program } from '../../program';

// lakeport over another folder of overlays: node bin/run.js test/support/cli.ts <root> <argument…>
const [root = '', ...argv] = process.argv.slice(2);
run(argv, { ...program, root });
