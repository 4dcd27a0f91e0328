import type { Component } from '../../core/component';
import type { Overlay } from '../../core/overlay';
import { mixed } from '../../core/placement';
import { InputError, type Problem } from '../../core/problem';
import { synthesize } from '../../core/synth';
import { platformOf, regularComponent, server, serverComponent, synth } from '../support/platform';

/** Everything that synth refuses in such a site. */
function refusals(components: readonly Component[], changes: Partial<Overlay> = {}): readonly Problem[] {
  try {
    synth(components, changes);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

/** The one problem of a site, with site and remedy, as every message must have them. */
function refusal(components: readonly Component[], changes: Partial<Overlay> = {}): Problem {
  const problems = refusals(components, changes);
  expect(problems).toHaveLength(1);
  const [problem] = problems as [Problem];
  expect(problem.site).toBe('test');
  expect(problem.remedy).not.toBe('');
  return problem;
}

const shop = serverComponent('shop');

test('a good site is rendered', () => {
  expect(refusals([shop])).toEqual([]);
});

test('an unknown component is named, with the one that was meant', () => {
  expect(refusal([shop], { components: { shpo: {} } })).toMatchObject({
    field: 'components.shpo',
    remedy: 'did you mean "shop"?',
  });
});

test('an unknown setting is named, with the one that was meant', () => {
  expect(refusal([shop], { components: { shop: { replcas: 3 } } })).toMatchObject({
    component: 'shop',
    field: 'replcas',
    found: 3,
    remedy: 'did you mean "replicas"?',
  });
});

test('a value of the wrong type is shown', () => {
  expect(refusal([shop], { components: { shop: { replicas: 'many' } } })).toMatchObject({
    component: 'shop',
    field: 'replicas',
    found: 'many',
    remedy: 'write { min, typical, max }',
  });
});

test('a quantity with a wrong unit is shown with a right one', () => {
  const problem = refusal([shop], { components: { shop: { cpu: '2 cores' } } });
  expect(problem).toMatchObject({ component: 'shop', field: 'cpu', found: '2 cores' });
  expect(problem.remedy).toContain('"500m"');
});

test('a range that falls is refused', () => {
  const replicas = { min: 4, typical: 2, max: 8 };
  expect(refusal([shop], { components: { shop: { replicas } } })).toMatchObject({
    field: 'replicas',
    found: replicas,
    message: 'falls',
    remedy: 'write min ≤ typical ≤ max',
  });
});

test('a bucket name that the cloud forbids is refused, with the reason', () => {
  expect(refusal([shop], { buckets: { prefix: 'acme_lake' } })).toMatchObject({
    field: 'buckets.prefix',
    message: expect.stringContaining('no underscores'),
  });
});

test('two teams of one name are refused', () => {
  expect(refusal([shop], { teams: [{ name: 'blue' }, { name: 'red' }, { name: 'blue' }] })).toMatchObject({
    field: 'teams[2].name',
    found: 'blue',
  });
});

test('a share above 1 is refused', () => {
  expect(refusal([shop], { spotFloor: 1.2 })).toMatchObject({ field: 'spotFloor', found: 1.2 });
  expect(() => mixed(1.5)).toThrow(/share 1.5/);
  expect(() => mixed(0.9)).toThrow(/above 0.8/);
});

test('a component that is turned off and needed is told by both names', () => {
  const till = serverComponent('till', {
    also: (chart) => void chart.connect(server('shop'), chart.pods('server')),
  });
  expect(refusal([shop, till], { components: { shop: false } })).toMatchObject({
    component: 'till',
    field: 'components.shop',
    found: false,
    message: 'till needs shop, which overlay test turns off',
  });
});

test('what is used only when present may be turned off', () => {
  const till = serverComponent('till', {
    also: (chart) => void chart.connectIfOn(server('shop'), chart.pods('server')),
  });
  expect(refusals([shop, till], { components: { shop: false } })).toEqual([]);
});

test('components that need each other in a circle are told as the circle', () => {
  const to = (name: string) => ({
    also: (chart: Parameters<Component['build']>[0]) =>
      void chart.connect(server(name), chart.pods('server')),
  });
  const problem = refusal([
    serverComponent('a', to('b')),
    serverComponent('b', to('c')),
    serverComponent('c', to('a')),
  ]);
  expect(problem.found).toBe('a → b → c → a');
});

test('two endpoints on one port are refused', () => {
  const twice = serverComponent('twice', { endpoints: [server('twice'), server('twice')] });
  expect(refusal([twice])).toMatchObject({ component: 'twice', message: 'two endpoints are on one port' });
});

test('an endpoint that no Service has is refused', () => {
  const wrong = serverComponent('wrong', { endpoints: [server('wrong', 81)] });
  expect(refusal([wrong])).toMatchObject({ component: 'wrong', found: 81 });
});

test('a spot floor that is missed names the share and the largest regular part', () => {
  const problems = refusals([shop, regularComponent('heavy', '20')]);
  expect(problems).toContainEqual(
    expect.objectContaining({
      field: 'spotFloor',
      found: '9.1 %',
      remedy: expect.stringContaining('heavy'),
    }),
  );
});

test('a pod larger than the largest node names what it requests and how to say what nodes have', () => {
  const heavy = regularComponent('heavy', '20');
  expect(refusals([shop, heavy], { spotFloor: 0, largestNode: { cpu: '16' } })).toEqual([
    {
      site: 'test',
      component: 'heavy',
      field: 'heavy in heavy: cpu',
      found: 20,
      message: 'is more than the largest node has for one pod, which is 16: it would wait for ever',
      remedy: 'lower it, or say what your largest node has: largestNode: { cpu: "…" }',
    },
  ]);
});

test('a file that exports no overlay is refused', () => {
  expect(() => synthesize('test', { cloud: 'aws' }, platformOf(shop))).toThrow(/does not export an overlay/);
});

test('an overlay without a cloud is told how to get one', () => {
  const problem = refusal([shop], { cloud: 'aws' as unknown as Overlay['cloud'] });
  expect(problem).toMatchObject({
    field: 'cloud',
    found: 'aws',
    message: 'is no cloud',
    remedy: expect.stringContaining('aws({ … })'),
  });
});

test('every problem of an overlay is told at once', () => {
  const problems = refusals([shop], {
    teams: [{ name: 'blue' }, { name: 'blue' }],
    components: { shop: { cpu: 'two' }, shpo: {} },
  });
  expect(problems.map(({ field }) => field).sort()).toEqual(['components.shpo', 'cpu', 'teams[1].name']);
});
