import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Conditioned, STATUSES, statusOf } from './argocd/statuses';
import { binary, isAtHand } from './binaries';
import { run } from './shell';

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

const database = (kind: string, status?: object) => ({
  apiVersion: 'postgresql.cnpg.io/v1',
  kind,
  metadata: { name: 'shop', namespace: 'postgres', generation: 2 },
  ...(status ? { status } : {}),
});

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
  ...['Database', 'DatabaseRole'].flatMap((kind) => [
    [`a ${kind} that nobody has looked at`, database(kind), 'Progressing'] as const,
    [`a ${kind} that is there`, database(kind, { applied: true, observedGeneration: 2 }), 'Healthy'] as const,
    [
      `a ${kind} that is there as it was before`,
      database(kind, { applied: true, observedGeneration: 1 }),
      'Progressing',
    ] as const,
    [
      `a ${kind} that was refused, and is tried again`,
      database(kind, { applied: false, observedGeneration: 2, message: 'role "shop" does not exist' }),
      'Progressing',
    ] as const,
  ]),
];

/** Of these kinds Argo CD has no opinion. */
const UNJUDGED = ['AKSNodeClass', 'Database', 'DatabaseRole'];

/** An object of each kind whose controller is played, as it is made and as it is said to be; each names the others. */
function played(): readonly (readonly [what: string, object: object, health: string])[] {
  const others: Conditioned[] = [];
  return STATUSES.flatMap((row) => {
    const { apiVersion, kind } = row;
    const metadata = { name: 'a', generation: 1, labels: { 'strimzi.io/cluster': 'a' } };
    const spec = {
      template: { spec: { nodeClassRef: { kind: 'EC2NodeClass', name: 'a' } } },
      selfSigned: {},
      issuerRef: { kind: 'ClusterIssuer', name: 'a' },
      secretStoreRef: { kind: 'SecretStore', name: 'a' },
    };
    const made = { apiVersion, kind, metadata, spec };
    const status = statusOf(row, made, others);
    const said = { ...made, ...(status ? { status } : {}) };
    others.push(said);
    if (UNJUDGED.includes(kind)) return [];
    return [
      // The check of PostgreSQL's Cluster breaks off where there is no status at all.
      [`${kind} that is new`, { ...made, status: {} }, 'Progressing'],
      [`${kind} of which its controller speaks`, said, 'Healthy'],
    ] as const;
  });
}

// It is not built for this alone.
const where = isAtHand('argocd') ? test : test.skip;

where.each([
  ['the rules that argocd/install gives it', CASES],
  ['what is said in place of controllers', played()],
])('the real Argo CD judges by %s', async (_, cases) => {
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
    const found = await Promise.all(cases.map(([, object], index) => healthOf(object, index)));
    expect(cases.map(([what], index) => [what, found[index]])).toEqual(
      cases.map(([what, , health]) => [what, health]),
    );
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
