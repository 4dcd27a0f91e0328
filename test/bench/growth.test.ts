import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { program } from '../../program';

test('the site whose growth is measured renders with more teams than its overlay has', () => {
  const out = mkdtempSync(path.join(tmpdir(), 'growth-'));
  try {
    const command = ['bin/run.js', 'test/bench/growth.ts', '5', out];
    const { status, stderr, stdout } = spawnSync(process.execPath, command, {
      cwd: program.root,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout).objects).toBeGreaterThan(900);
  } finally {
    rmSync(out, { recursive: true });
  }
});
