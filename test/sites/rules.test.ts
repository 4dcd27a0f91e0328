import { rules } from '../../core/rules';
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

  test('every component of the platform is on', () => {
    expect(model.components.map(({ name }) => name).sort()).toEqual([...order.waves.keys()].sort());
  });
});

test('the sites have the same components', () => {
  const names = [...sites.values()].map(({ model }) => model.components.map(({ name }) => name).join(' '));
  expect(new Set(names).size).toBe(1);
});
