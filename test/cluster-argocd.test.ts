import type { Application } from './cluster/argocd/applications';
import {
  type Condition,
  conditionsOfClass,
  conditionsOfPool,
  type NodeClass,
  type NodePool,
} from './cluster/argocd/karpenter';
import { outOfOrder, wavesOf } from './cluster/argocd/waves';

describe('what is said of node pools in place of Karpenter', () => {
  const nodeClass = (conditions?: readonly Condition[]): NodeClass => ({
    apiVersion: 'karpenter.k8s.aws/v1',
    kind: 'EC2NodeClass',
    metadata: { name: 'spot', generation: 3 },
    ...(conditions ? { status: { conditions } } : {}),
  });
  const pool: NodePool = {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name: 'spot', generation: 2 },
    spec: { template: { spec: { nodeClassRef: { kind: 'EC2NodeClass', name: 'spot' } } } },
  };
  const readyOf = (conditions: readonly Condition[]) =>
    conditions.find(({ type }) => type === 'Ready')?.status;

  test('a node class is ready once everything is found, sorted by type and of its generation', () => {
    const conditions = conditionsOfClass(nodeClass(), ['SubnetsReady', 'AMIsReady']);
    expect(conditions.map(({ type, status, reason, message }) => [type, status, reason, message])).toEqual([
      ['AMIsReady', 'True', 'AMIsReady', ''],
      ['Ready', 'True', 'Ready', ''],
      ['SubnetsReady', 'True', 'SubnetsReady', ''],
    ]);
    expect(conditions.every(({ observedGeneration }) => observedGeneration === 3)).toBe(true);
  });

  test('a pool is as ready as its node class', () => {
    const ready = nodeClass(conditionsOfClass(nodeClass(), []));
    expect(readyOf(conditionsOfPool(pool, [ready]))).toBe('True');
    expect(readyOf(conditionsOfPool(pool, [nodeClass()]))).toBe('False');
    expect(readyOf(conditionsOfPool(pool, []))).toBe('False');
    const other = { ...ready, kind: 'AKSNodeClass' };
    expect(readyOf(conditionsOfPool(pool, [other]))).toBe('False');
  });

  test('what stays as it was keeps its time', () => {
    const [first] = conditionsOfClass(nodeClass(), []);
    const since = '2026-01-01T00:00:00Z';
    const before = first ? [{ ...first, lastTransitionTime: since }] : [];
    expect(conditionsOfClass(nodeClass(before), [])[0]?.lastTransitionTime).toBe(since);
    const fallen = before.map((each) => ({ ...each, status: 'False' as const }));
    expect(conditionsOfClass(nodeClass(fallen), [])[0]?.lastTransitionTime).not.toBe(since);
  });
});

describe('the order of waves', () => {
  const application = (name: string, wave: number, made: string, synced?: string): Application => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      creationTimestamp: made,
      annotations: { 'argocd.argoproj.io/sync-wave': String(wave) },
    },
    spec: { source: { repoURL: 'https://git.example/lake.git' } },
    status: { history: synced ? [{ id: 0, deployedAt: synced, revision: 'a' }] : [] },
  });
  const first = application('first', 0, '2026-01-01T00:00:00Z', '2026-01-01T00:00:10Z');

  test('is kept where each was made after all of the wave before had been synced', () => {
    const second = application('second', 10, '2026-01-01T00:00:10Z');
    expect(outOfOrder([second, first])).toEqual([]);
    expect(wavesOf([second, first])).toEqual([
      'wave 0: first 2026-01-01T00:00:10Z',
      'wave 10: second undefined',
    ]);
  });

  test('is broken where one was made too early, or an earlier one was never synced', () => {
    const early = application('early', 10, '2026-01-01T00:00:09Z');
    const never = application('never', 5, '2026-01-01T00:00:10Z');
    expect(outOfOrder([first, never, early])).toEqual([
      'early (wave 10) was made at 2026-01-01T00:00:09Z, first (wave 0) was first synced at 2026-01-01T00:00:10Z',
      'early (wave 10) was made at 2026-01-01T00:00:09Z, never (wave 5) was first synced at no time',
    ]);
  });

  test('says nothing of one that had nothing to do', () => {
    const idle: Application = {
      ...application('idle', 0, '2026-01-01T00:00:00Z'),
      status: { sync: { status: 'Synced' }, health: { status: 'Healthy' } },
    };
    const second = application('second', 10, '2026-01-01T00:00:10Z');
    expect(outOfOrder([idle, second])).toEqual([]);
    const syncing = { ...idle, status: { ...idle.status, operationState: { phase: 'Running' } } };
    expect(outOfOrder([syncing, second])).toHaveLength(1);
  });

  test('says nothing of root and of Applications of one wave', () => {
    const root = application('root', 0, '2026-01-01T00:00:00Z');
    const beside = application('beside', 10, '2026-01-01T00:00:20Z');
    const other = application('other', 10, '2026-01-01T00:00:30Z');
    expect(outOfOrder([root, first, beside, other])).toEqual([]);
  });
});
