import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { workloadOf } from './container';
import { expand } from './environment';
import { commandOf, type Sandbox, whyNoSandbox } from './sandbox';

const root = path.join(__dirname, '../../..');

// Transpiles it, which a sandbox cannot: there it finds what was kept.
beforeAll(() => {
  spawnSync(process.execPath, ['bin/run.js', 'test/cluster/controllers/sandbox.ts'], { cwd: root });
});

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-sandbox-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const make = (name: string, files: Readonly<Record<string, string>> = {}): string => {
  const made = path.join(folder, name);
  fs.mkdirSync(made);
  for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(made, file), text);
  return made;
};

const where = whyNoSandbox() ? test.skip : test;

where('a process finds its volumes, its name and nothing that it could write to or speak with', () => {
  const sandbox: Sandbox = {
    // What it may write to lies in here.
    folder: make('own'),
    network: make('net'),
    hostname: 'controller-0',
    hosts: { 'kubernetes.default.svc': '127.0.1.1' },
    reaches: [],
    serves: [],
    mounts: [
      { path: '/tmp', source: make('own/tmp'), readOnly: false },
      // Below a volume, below a folder of the machine, and where the machine has no folder at all.
      { path: '/tmp/deep', source: make('deep', { a: '1' }), readOnly: true },
      { path: '/etc/lakeport-test', source: make('etc', { a: '2' }), readOnly: true },
      { path: '/lakeport-test/config', source: make('top', { a: '3' }), readOnly: true },
    ],
    command: ['sh', '-c', SCRIPT],
    cwd: '/',
  };
  const file = path.join(folder, 'sandbox.json');
  fs.writeFileSync(file, JSON.stringify(sandbox));
  const [program = '', ...args] = commandOf(sandbox);
  const env = { ...process.env, LAKEPORT_SANDBOX: file };
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', env });
  expect({ lines: stdout.trim().split('\n'), stderr, status }).toEqual({
    lines: [
      '123',
      'controller-0',
      'written',
      'refused',
      'refused',
      'refused',
      '127.0.1.1',
      'lo',
      '0000000000000000',
    ],
    stderr: '',
    status: 7,
  });
  expect(fs.existsSync('/etc/lakeport-test')).toBe(false);
});

const SCRIPT = `
cat /tmp/deep/a /etc/lakeport-test/a /lakeport-test/config/a; echo
hostname
touch /tmp/file && echo written
for each in /file /etc/file /tmp/deep/file; do touch $each 2>/dev/null || echo refused; done
sed -n 's/ kubernetes.*//p' /etc/hosts
ls /sys/class/net >/dev/null; ip -o link | cut -d: -f2 | tr -d ' '
sed -n 's/^CapEff:\\t//p' /proc/self/status
exit 7`;

test('variables in arguments are filled in as the kubelet does, and others are left', () => {
  expect(expand('--password=$(AUTH) $(NONE) $AUTH', { AUTH: 'x' })).toBe('--password=x $(NONE) $AUTH');
});

test('the container of a workload is the first, or the one that is named, also of those that start before', () => {
  const live = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'redis', namespace: 'argocd' },
    spec: {
      template: {
        spec: { containers: [{ name: 'main' }, { name: 'side' }], initContainers: [{ name: 'first' }] },
      },
    },
  };
  expect(workloadOf(live).container.name).toBe('main');
  expect(workloadOf(live, 'first').container.name).toBe('first');
  expect(() => workloadOf(live, 'other')).toThrow('Deployment argocd/redis has no container other');
});
