import type { Api } from './cluster/api';
import type { Application } from './cluster/argocd/applications';
import { rowsOf, StandIns } from './cluster/argocd/stand-ins';
import { type Conditioned, STATUSES, type StatusRow, statusOf } from './cluster/argocd/statuses';
import { outOfOrder, wavesOf } from './cluster/argocd/waves';
import { until } from './cluster/wait';

const rowOf = (kind: string): StatusRow => {
  const row = STATUSES.find((each) => each.kind === kind);
  if (!row) throw new Error(`nothing is said of ${kind}`);
  return row;
};
const make = (
  kind: string,
  name: string,
  rest: { spec?: unknown; status?: Conditioned['status']; namespace?: string; labels?: object } = {},
): Conditioned => {
  const { spec, status, namespace, labels } = rest;
  const metadata = {
    name,
    generation: 3,
    ...(namespace ? { namespace } : {}),
    ...(labels ? { labels: { ...labels } } : {}),
  };
  return { ...rowOf(kind), kind, metadata, spec, ...(status ? { status } : {}) };
};
/** With the status that it is given while `others` are there. */
const told = (object: Conditioned, others: readonly Conditioned[] = []): Conditioned => {
  const status = statusOf(rowOf(object.kind), object, others);
  return status ? { ...object, status } : object;
};
const readyOf = ({ status }: Conditioned) =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'nothing';

describe('what is said in place of controllers', () => {
  const nodeClass = make('EC2NodeClass', 'spot');
  const pool = make('NodePool', 'spot', {
    spec: { template: { spec: { nodeClassRef: { kind: 'EC2NodeClass', name: 'spot' } } } },
  });

  test('a node class is ready once everything is found, sorted by type and of its generation', () => {
    const { conditions = [] } = told(nodeClass).status ?? {};
    expect(conditions.map(({ type }) => type)).toEqual([
      'AMIsReady',
      'InstanceProfileReady',
      'PlacementGroupReady',
      'Ready',
      'SecurityGroupsReady',
      'SubnetsReady',
      'ValidationSucceeded',
    ]);
    for (const { status, type, reason, message, observedGeneration } of conditions) {
      expect([status, reason, message, observedGeneration]).toEqual(['True', type, '', 3]);
    }
  });

  test('a pool is as ready as its node class', () => {
    expect(readyOf(told(pool, [told(nodeClass)]))).toBe('True');
    expect(readyOf(told(pool, [nodeClass]))).toBe('False');
    expect(readyOf(told(pool))).toBe('False');
    expect(readyOf(told(pool, [{ ...told(nodeClass), kind: 'AKSNodeClass' }]))).toBe('False');
  });

  test.each([
    ['ca', 'KeyPairVerified'],
    ['selfSigned', 'IsReady'],
    ['acme', 'ACMEAccountRegistered'],
  ])('an issuer by %s has the reason %s', (by, reason) => {
    expect(told(make('ClusterIssuer', 'a', { spec: { [by]: {} } })).status?.conditions?.[0]).toMatchObject({
      type: 'Ready',
      status: 'True',
      reason,
      observedGeneration: 3,
    });
  });

  test('an issuer of a kind that no site has yet is told', () => {
    expect(() => told(make('ClusterIssuer', 'a', { spec: { vault: {} } }))).toThrow(
      'a: it is not known here what cert-manager says of vault',
    );
  });

  const [team, other] = ['team', 'other'];
  const store = make('SecretStore', 'kafka', { namespace: team, spec: {} });
  const secret = (spec: object) => make('ExternalSecret', 'kafka', { namespace: team, spec });
  const stored = secret({ secretStoreRef: { kind: 'SecretStore', name: 'kafka' } });
  const issuer = make('ClusterIssuer', 'own', { spec: { selfSigned: {} } });
  const certificate = make('Certificate', 'tls', {
    namespace: team,
    spec: { issuerRef: { kind: 'ClusterIssuer', name: 'own' } },
  });
  const kafka = make('Kafka', 'lake', { namespace: 'kafka', spec: {} });
  const topic = make('KafkaTopic', 'trips', {
    namespace: 'kafka',
    labels: { 'strimzi.io/cluster': 'lake' },
    spec: {},
  });

  test.each([
    ['a secret for its store', stored, store],
    ['a certificate for its issuer', certificate, issuer],
    ['a topic for its Kafka', topic, kafka],
  ])('%s waits', (_, waiting, named) => {
    expect(readyOf(told(waiting))).toBe('nothing');
    expect(readyOf(told(waiting, [named]))).toBe('nothing');
    expect(readyOf(told(waiting, [told(named)]))).toBe('True');
  });

  test('a store of another namespace is not the one that is named; one of the cluster is for all', () => {
    expect(readyOf(told(stored, [told(make('SecretStore', 'kafka', { namespace: other }))]))).toBe('nothing');
    const named = secret({ secretStoreRef: { kind: 'ClusterSecretStore', name: 'all' } });
    expect(readyOf(told(named, [told(make('ClusterSecretStore', 'all'))]))).toBe('True');
  });

  test('a secret that is generated waits for no store', () => {
    expect(readyOf(told(secret({ dataFrom: [] })))).toBe('True');
  });

  test('what stays as it was keeps its time and is not said again', () => {
    const since = '2026-01-01T00:00:00Z';
    const said = told(store);
    const conditions = (said.status?.conditions ?? []).map((each) => ({
      ...each,
      lastTransitionTime: since,
    }));
    const before = { ...said, status: { conditions } };
    expect(statusOf(rowOf('SecretStore'), before, [])).toBeUndefined();
    const reworded = { conditions: conditions.map((each) => ({ ...each, message: 'other words' })) };
    expect(told({ ...store, status: reworded }).status?.conditions?.[0]?.lastTransitionTime).toBe(since);
    const fallen = { conditions: conditions.map((each) => ({ ...each, status: 'False' as const })) };
    expect(told({ ...store, status: fallen }).status?.conditions?.[0]?.lastTransitionTime).not.toBe(since);
  });

  test('a status is said anew of a new generation', () => {
    const said = told(kafka);
    expect(said.status?.observedGeneration).toBe(3);
    expect(statusOf(rowOf('Kafka'), said, [])).toBeUndefined();
    const changed = { ...said, metadata: { ...said.metadata, generation: 4 } };
    expect(told(changed).status?.observedGeneration).toBe(4);
  });

  test('what KEDA and workflows say has no times', () => {
    for (const kind of ['ScaledObject', 'Workflow']) {
      const said = told(make(kind, 'a'));
      for (const each of said.status?.conditions ?? []) expect(each).not.toHaveProperty('lastTransitionTime');
      expect(statusOf(rowOf(kind), said, [])).toBeUndefined();
    }
    expect(told(make('Workflow', 'a')).status).toMatchObject({ phase: 'Succeeded' });
  });

  test('a kind that is taken away is no reason to say nothing of others', async () => {
    const [gone, there] = [rowOf('ClusterIssuer'), rowOf('SecretStore')];
    const written: string[] = [];
    const served = {
      get: async (path: string) => ({
        resources: [gone, there]
          .filter(({ apiVersion }) => path === `/apis/${apiVersion}`)
          .map(({ kind }) => ({ kind, name: `${kind.toLowerCase()}s`, namespaced: true })),
      }),
      list: async (path: string) => {
        if (path.endsWith('/clusterissuers')) throw new Error('404 the server could not find it');
        return [make('SecretStore', 'kafka', { namespace: team, spec: {} })];
      },
      patch: async (path: string) => written.push(path),
    };
    const objects = [gone, there].map(({ apiVersion, kind }) => ({
      component: '',
      file: '',
      manifest: { apiVersion, kind, metadata: { name: 'a' } },
    }));
    // What of it is asked for here.
    const played = new StandIns({ objects }, served as unknown as Api);
    try {
      await until('what is said of the store', async () => written.length > 0, {
        timeoutMs: 5_000,
        everyMs: 10,
      });
    } finally {
      await played.stop();
    }
    expect(written[0]).toBe(`/apis/external-secrets.io/v1/namespaces/${team}/secretstores/kafka/status`);
  });

  test('nothing is asked of kinds that a site does not have', () => {
    const manifest = { apiVersion: 'kafka.strimzi.io/v1', kind: 'Kafka', metadata: { name: 'lake' } };
    const site = { objects: [{ component: 'kafka', file: '', manifest }] };
    expect(rowsOf(site).map(({ kind }) => kind)).toEqual(['Kafka']);
    expect(rowsOf({ objects: [] })).toEqual([]);
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
