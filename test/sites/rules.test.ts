import type { Manifest } from '../../core/manifest';
import { rules } from '../../core/rules';
import { program } from '../../program';
import { rowsOf } from '../cluster/argocd/stand-ins';
import { type Conditioned, statusOf } from '../cluster/argocd/statuses';
import { wholeSites } from '../support/sites';

const sites = wholeSites();

describe.each([...sites])('%s', (_, { model, order }) => {
  test.each(rules.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    expect(rule.check(model)).toEqual([]);
  });

  test('every component comes after what it needs', () => {
    for (const { from, to } of order.edges) {
      expect(order.waves.get(from)).toBeGreaterThan(order.waves.get(to) ?? Number.POSITIVE_INFINITY);
    }
  });

  test('where controllers are played, none of their objects waits for ever', () => {
    const objects = model.entries.map(({ component, manifest }) => ({ component, manifest, file: '' }));
    const said: Conditioned[] = [];
    for (const row of rowsOf({ objects })) {
      for (const { manifest } of objects.filter((each) => each.manifest.kind === row.kind)) {
        const status = statusOf(row, manifest, said);
        said.push({ ...manifest, ...(status ? { status } : {}) });
      }
    }
    const isWell = ({ status }: Conditioned) =>
      (status && 'applied' in status && status.applied === true) ||
      status?.conditions?.some(
        ({ type, status: is }) => ['Ready', 'Deployed', 'Completed'].includes(type) && is === 'True',
      );
    expect(said.length).toBeGreaterThan(0);
    expect(
      said.filter((each) => !isWell(each)).map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    ).toEqual([]);
  });

  test('no autoscaler is synced before its workload: it would fail, and the sync of Argo CD with it', () => {
    const waveOf = ({ metadata }: Manifest) =>
      Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);
    const keyOf = (kind: string, name: string, namespace = '') => `${kind} ${namespace}/${name}`;
    const manifests = model.entries.map(({ manifest }) => manifest);
    const waves = new Map(
      manifests.map((each) => [keyOf(each.kind, each.metadata.name, each.metadata.namespace), waveOf(each)]),
    );
    const early = manifests.flatMap((each) => {
      // The kinds tell the shape: the API server refuses such an object of any other.
      const { scaleTargetRef: target } = (each.spec ?? {}) as {
        scaleTargetRef?: { kind: string; name: string };
      };
      if (!target) return [];
      const key = keyOf(target.kind, target.name, each.metadata.namespace);
      return waveOf(each) < (waves.get(key) ?? 0) ? [`${each.kind} ${each.metadata.name}`] : [];
    });
    expect(early).toEqual([]);
  });

  test('every component of the platform is on', () => {
    expect(model.components.map(({ name }) => name).sort()).toEqual([...order.waves.keys()].sort());
  });
});

test('the sites have the same components, but for the database that serves', () => {
  const names = [...sites.values()].map(({ model }) =>
    model.components.flatMap(({ name, optional }) => (optional ? [] : [name])).join(' '),
  );
  expect(new Set(names).size).toBe(1);
});

test('each component that a site must ask for is part of one of them', () => {
  const on = [...sites.values()].flatMap(({ model }) =>
    model.components.flatMap(({ name, optional }) => (optional ? [name] : [])),
  );
  const optional = program.platform.components.flatMap((each) => (each.optional ? [each.name] : []));
  expect([...new Set(on)].sort()).toEqual(optional.sort());
});
