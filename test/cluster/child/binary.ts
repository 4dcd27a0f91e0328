import { reportFailure } from '../../../cli/report';
import { binary } from '../binaries';
import { endOnSignals, isEnding } from '../lifetime';
import { timeOf } from '../time';

// Prints the path of a program, which is built where it is not there:
// node bin/run.js …/binary.ts <program> [minutes]
const [program = '', minutes] = process.argv.slice(2);
const say = (line: string) => console.error(line);
endOnSignals(say);
binary(program, say, minutes ? timeOf(Number(minutes)) : undefined).then(
  (file) => console.log(file),
  (error: unknown) => {
    if (!isEnding()) process.exitCode = reportFailure(error, false);
  },
);
