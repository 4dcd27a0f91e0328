import { BUILDS, buildCases } from './cluster/admission/builds';
import { canRunOn, casesOf, jobPods } from './cluster/admission/cases';
import { wholeSites } from './support/sites';

describe.each([...wholeSites()])('what the proof of admission tries on %s', (_, { model }) => {
  const { capacity } = model.site.cloud;
  const policy = model.entries.find(({ manifest }) => manifest.metadata.name === BUILDS.policy)?.manifest;

  test('every validation of the exception for builds', () => {
    if (!policy) return;
    const { validations } = policy.spec as unknown as { readonly validations: readonly object[] };
    const objects = model.entries.map(({ manifest }) => ({ component: '', file: '', manifest }));
    const tried = buildCases(objects).map(({ refusedBy }) => refusedBy);
    expect(new Set(tried)).toEqual(new Set([undefined, ...validations.keys()]));
  });

  test.each(jobPods)('a $what', ({ on }) => {
    const cases = casesOf(capacity, on);
    const other = on === 'spot' ? 'regular' : 'spot';
    for (const { name, pod, passes } of cases) {
      expect({ name, lands: canRunOn(capacity, other, pod) }).toEqual({ name, lands: !passes });
    }
    const right = cases.filter(({ passes }) => passes);
    expect(right).toHaveLength(3);
    expect(right.filter(({ pod }) => canRunOn(capacity, on, pod))).toEqual(right);
    const wrong = cases.flatMap(({ name, passes }) => (passes ? [] : [name]));
    const ways = [
      'without affinity',
      `on ${other} nodes`,
      'on both kinds of nodes',
      'on both kinds, by values',
    ];
    expect(wrong).toEqual(expect.arrayContaining(ways));
    // One expression less of a term that needs them all.
    expect(wrong.filter((name) => name.startsWith('without ')).length).toBeGreaterThan(1);
  });
});
