import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

// In processes of their own: inside jest, looking up what is global takes most of the time of cdk8s.
const child = (runs: number, seed: number) => {
  const files = ['../../bin/run.js', 'child/overlays.ts'].map((file) => path.join(__dirname, file));
  return promisify(execFile)(process.execPath, [...files, String(runs), String(seed)]);
};

test('thousands of random overlays either fail with a clear error or satisfy every rule', async () => {
  const results = await Promise.all([child(1000, 20_261_124), child(1000, 20_261_125)]);
  for (const { stdout } of results) {
    const { good, refused } = JSON.parse(stdout);
    expect(good + refused).toBe(1000);
    // Were all refused, or none, the property would say nothing.
    expect(good).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  }
});
