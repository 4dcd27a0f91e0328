import fs from 'node:fs';
import path from 'node:path';
import { LockError, withLock } from '../../../core/lock';

// What another process does in the tests of core/lock: node bin/run.js <this file> <mode> <dist> [number or file]
const [mode, dist = '', rest = ''] = process.argv.slice(2);
const lock = path.join(path.dirname(dist), `.${path.basename(dist)}.lock`);
const inside = path.join(path.dirname(dist), 'inside');

/**
 * Takes the lock again and again until a file `stop` is there, and leaves it every time as a killed owner would. Meanwhile it
 * holds a file of its own in `inside`: a second file there belongs to a second owner.
 */
function contend(stop: string): void {
  console.log('begun');
  const mark = path.join(inside, String(process.pid));
  let taken = 0;
  let refused = 0;
  while (!fs.existsSync(stop)) {
    try {
      withLock(dist, () => {
        fs.writeFileSync(mark, '');
        const others = fs
          .readdirSync(inside)
          .filter((name) => name !== String(process.pid) && runs(Number(name)));
        if (others.length > 0) {
          console.log(`TWO OWNERS: ${process.pid} and ${others}`);
          process.exit(1);
        }
        taken++;
        fs.rmSync(mark);
        // No process has a pid this high; each stale owner is another one, as in life.
        fs.writeFileSync(`${lock}-${process.pid}`, `${2 ** 30 + process.pid}-${taken}\n`);
        fs.renameSync(`${lock}-${process.pid}`, lock);
      });
    } catch (error) {
      if (!(error instanceof LockError)) throw error;
      refused++;
    }
  }
  console.log(JSON.stringify({ taken, refused }));
}

function runs(pid: number): boolean {
  try {
    // A killed process stays in the table until its parent has noticed.
    return !/\) [ZX] /.test(fs.readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

if (mode === 'contend') {
  contend(rest);
} else if (mode === 'wait') {
  void withLock(dist, async () => {
    process.stdout.write('held');
    await new Promise((done) => setTimeout(done, 60_000));
  });
} else if (mode === 'compute') {
  withLock(dist, () => {
    fs.writeSync(1, 'held');
    const end = Date.now() + Number(rest);
    while (Date.now() < end);
  });
  setTimeout(() => console.log('survived'), 1_000);
} else if (mode === 'exit') {
  withLock(dist, () => process.exit(3));
} else if (mode === 'listener') {
  process.on('SIGTERM', () => setTimeout(() => process.exit(fs.existsSync(lock) ? 5 : 6), 50));
  void withLock(dist, async () => {
    process.stdout.write('held');
    await new Promise((done) => setTimeout(done, 60_000));
  });
}
