import { run } from './cli/run';
import { program } from './program';

run(process.argv.slice(2), program);
