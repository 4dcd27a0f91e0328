import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

interface Outcomes {
  readonly good: number;
  readonly refused: number;
  readonly rendered: Readonly<Record<string, number>>;
}

const FITTING = 280;
const SPOILT = 800;

/** In a process of its own: inside jest, looking up what is global takes most of the time of cdk8s. */
async function child(seed: number): Promise<Readonly<Record<'fitting' | 'spoilt', Outcomes>>> {
  const files = ['../../bin/run.js', 'child/overlays.ts'].map((file) => path.join(__dirname, file));
  const numbers = [FITTING, SPOILT, seed].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, [...files, ...numbers]);
  return JSON.parse(stdout);
}

test('thousands of random overlays either fail with a clear error or satisfy every rule', async () => {
  for (const { fitting, spoilt } of await Promise.all([child(20_261_124), child(20_261_125)])) {
    expect(fitting.good + fitting.refused).toBe(FITTING);
    expect(spoilt.good + spoilt.refused).toBe(SPOILT);
    // Were all refused, or none, the property would say nothing.
    expect(fitting.good).toBeGreaterThan(FITTING / 3);
    expect(spoilt.refused).toBeGreaterThan(SPOILT / 2);
    expect(spoilt.good).toBeGreaterThan(SPOILT / 40);
    // A component that needs many others is refused for any setting of theirs.
    expect(Math.min(...Object.values(fitting.rendered))).toBeGreaterThan(1);
  }
});
