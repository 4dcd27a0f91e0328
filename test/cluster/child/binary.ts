import { reportFailure } from '../../../cli/report';
import { binary } from '../binaries';

// Prints the path of a program, which is built where it is not there: node bin/run.js …/binary.ts <program>
const [program = ''] = process.argv.slice(2);
binary(program, (line) => console.error(line)).then(
  (file) => console.log(file),
  (error: unknown) => {
    process.exitCode = reportFailure(error, false);
  },
);
