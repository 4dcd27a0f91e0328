import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { binary, isAtHand } from '../cluster/binaries';

const CONFIG = path.join(__dirname, '../../argocd/install/argocd-cm.yaml');

jest.setTimeout(60_000);

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-health-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What the real Argo CD says of an object with the rules that argocd/install gives it. */
async function healthOf(object: object): Promise<string> {
  const file = path.join(folder, 'object.json');
  fs.writeFileSync(file, JSON.stringify(object));
  const program = await binary('argocd', () => undefined);
  const command = ['admin', 'settings', 'resource-overrides', 'health', file, '--argocd-cm-path', CONFIG];
  const { stdout, stderr } = spawnSync(program, command, { encoding: 'utf8' });
  const [, status] = /^STATUS: (\w+)$/m.exec(stdout) ?? [];
  if (!status) throw new Error(`no health: ${stderr}`);
  return status;
}

// It is not built for this alone.
const where = isAtHand('argocd') ? test : test.skip;

const crd = (conditions: readonly object[] | undefined) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'lakes.example.com' },
  spec: { group: 'example.com' },
  ...(conditions ? { status: { conditions } } : {}),
});
const installing = { type: 'Established', status: 'False', reason: 'Installing' };

where.each([
  ['is new', undefined, 'Healthy'],
  ['is not established yet', [{ type: 'NamesAccepted', status: 'True' }, installing], 'Healthy'],
  ['has a name that is taken', [installing, { type: 'NamesAccepted', status: 'False' }], 'Degraded'],
  ['has a broken schema', [{ type: 'NonStructuralSchema', status: 'True' }], 'Degraded'],
])('a CRD that %s', async (_, conditions, health) => {
  expect(await healthOf(crd(conditions))).toBe(health);
});

const application = (status: object) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'spark', namespace: 'argocd' },
  status,
});
const [early, late] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'];
const synced = { sync: { status: 'Synced' }, health: { status: 'Healthy' } };

where.each([
  ['was never synced', { health: { status: 'Healthy' } }, 'Progressing'],
  [
    'was assessed before its sync ended',
    { ...synced, reconciledAt: early, operationState: { phase: 'Succeeded', finishedAt: late } },
    'Progressing',
  ],
  [
    'was assessed after its sync',
    { ...synced, reconciledAt: late, operationState: { phase: 'Succeeded', finishedAt: late } },
    'Healthy',
  ],
  [
    'is ill',
    {
      ...synced,
      health: { status: 'Degraded' },
      reconciledAt: late,
      operationState: { phase: 'Succeeded', finishedAt: early },
    },
    'Degraded',
  ],
])('an Application that %s', async (_, status, health) => {
  expect(await healthOf(application(status))).toBe(health);
});
