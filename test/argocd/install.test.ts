import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { binary, isAtHand } from '../cluster/binaries';
import { run } from '../cluster/shell';

jest.setTimeout(60_000);

const CONFIG = path.join(__dirname, '../../argocd/install/argocd-cm.yaml');

const crd = (conditions: readonly object[] | undefined) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'lakes.example.com' },
  spec: { group: 'example.com' },
  ...(conditions ? { status: { conditions } } : {}),
});
const installing = { type: 'Established', status: 'False', reason: 'Installing' };

const application = (health: string, reconciledAt: string, operationState?: object) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'spark', namespace: 'argocd' },
  status: {
    health: { status: health },
    reconciledAt,
    ...(operationState ? { sync: { status: 'Synced' }, operationState } : {}),
  },
});
const [early, late] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'] as const;
const endedLate = { phase: 'Succeeded', finishedAt: late };

const CASES: readonly (readonly [what: string, object: object, health: string])[] = [
  ['a CRD that is new', crd(undefined), 'Healthy'],
  [
    'a CRD that is not established yet',
    crd([{ type: 'NamesAccepted', status: 'True' }, installing]),
    'Healthy',
  ],
  [
    'a CRD whose name is taken',
    crd([installing, { type: 'NamesAccepted', status: 'False', message: 'it is taken' }]),
    'Degraded',
  ],
  ['a CRD whose schema is broken', crd([{ type: 'NonStructuralSchema', status: 'True' }]), 'Degraded'],
  ['an Application that was never synced', application('Healthy', late), 'Progressing'],
  [
    'an Application that was assessed before its sync ended',
    application('Healthy', early, endedLate),
    'Progressing',
  ],
  ['an Application that was assessed after its sync', application('Healthy', late, endedLate), 'Healthy'],
  ['an Application that is ill', application('Degraded', late, endedLate), 'Degraded'],
];

// It is not built for this alone.
const where = isAtHand('argocd') ? test : test.skip;

where('the real Argo CD judges by the rules that argocd/install gives it', async () => {
  const program = await binary('argocd', () => undefined);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-health-'));
  const healthOf = async (object: object, index: number): Promise<string> => {
    const file = path.join(folder, `${index}.json`);
    fs.writeFileSync(file, JSON.stringify(object));
    const command = ['admin', 'settings', 'resource-overrides', 'health', file, '--argocd-cm-path', CONFIG];
    const output = await run(program, command, { env: process.env });
    return /^STATUS: (\w+)$/m.exec(output)?.[1] ?? output;
  };
  try {
    const found = await Promise.all(CASES.map(([, object], index) => healthOf(object, index)));
    expect(CASES.map(([what], index) => [what, found[index]])).toEqual(
      CASES.map(([what, , health]) => [what, health]),
    );
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
