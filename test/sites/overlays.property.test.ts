import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { program } from '../../program';

interface Outcomes {
  readonly good: number;
  readonly refused: number;
  readonly rendered: Readonly<Record<string, number>>;
}

/** Each takes some milliseconds, and all tests must be over in a minute; LAKEPORT_OVERLAYS=10 tries ten times as many. */
const TIMES = Number(process.env.LAKEPORT_OVERLAYS ?? 1);
const FITTING = 150 * TIMES;
const SPOILT = 180 * TIMES;

/** In a process of its own: inside jest, looking up what is global takes most of the time of cdk8s. */
async function child(seed: number): Promise<Readonly<Record<'fitting' | 'spoilt', Outcomes>>> {
  const files = ['../../bin/run.js', 'child/overlays.ts'].map((file) => path.join(__dirname, file));
  const numbers = [FITTING, SPOILT, seed].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, [...files, ...numbers]);
  return JSON.parse(stdout);
}

test('hundreds of random overlays either fail with a clear error or satisfy every rule', async () => {
  const outcomes = await Promise.all([child(20_261_124), child(20_261_125)]);
  for (const { fitting, spoilt } of outcomes) {
    expect(fitting.good + fitting.refused).toBe(FITTING);
    expect(spoilt.good + spoilt.refused).toBe(SPOILT);
    // Were all refused, or none, the property would say nothing.
    expect(fitting.good).toBeGreaterThan(FITTING / 4);
    expect(spoilt.refused).toBeGreaterThan(SPOILT / 2);
    expect(spoilt.good).toBeGreaterThan(SPOILT / 60);
  }
  // A component that needs many others is refused for any setting of theirs.
  const rendered = program.platform.components.map(({ name }) => [
    name,
    outcomes.some(({ fitting }) => (fitting.rendered[name] ?? 0) > 0),
  ]);
  expect(rendered).toEqual(program.platform.components.map(({ name }) => [name, true]));
});
