import { groups } from '../../charts';
import { wholeSites } from '../support/sites';
import { connectionsOf, layers } from './connections';
import { pages, pageWith, readPage } from './pages';

const connections = connectionsOf(wholeSites().values());

test.each(Object.entries(pages))(
  'the picture on the page %s shows what components have recorded',
  (page, picture) => {
    const text = readPage(page);
    expect(text).toBe(pageWith(picture(connections), text));
  },
);

test.each(layers)('the page %s has a heading for each of its components', (layer) => {
  const headings = [...readPage(layer).matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);
  expect(headings).toEqual(expect.arrayContaining(groups[layer].map(({ name }) => name)));
});

test('a connection that is gone from the sites, or is new in them, makes a page out of date', () => {
  const text = readPage('query');
  const { query } = pages;
  const fewer = connections.filter(({ from, to }) => !(from === 'trino' && to === 'hive'));
  expect(pageWith(query?.(fewer) ?? '', text)).not.toBe(text);
  const more = [...connections, { from: 'trino', to: 'autoscaling', labels: ['metrics 6443'] }];
  expect(pageWith(query?.(more) ?? '', text)).not.toBe(text);
});

test('pictures stay readable', () => {
  for (const picture of Object.values(pages)) {
    expect(
      picture(connections)
        .split('\n')
        .filter((line) => /--?>/.test(line)).length,
    ).toBeLessThanOrEqual(30);
  }
});
