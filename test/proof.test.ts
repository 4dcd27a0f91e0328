import { pageOf, readPage } from './cluster/page';
import { proofs } from './cluster/proofs';
import { outdated, type ProofRecord, readRecord } from './cluster/record';

// What was proven was proven of certain manifests: a change of dist needs a new run.
test('docs/proof.json tells of every component of dist as it is', () => {
  const remedy = 'run npm run prove';
  expect({ outdated: outdated(readRecord(), proofs), remedy }).toEqual({ outdated: [], remedy });
});

test('docs/proof.md shows docs/proof.json', () => {
  const page = readPage();
  expect(page).toBe(pageOf(readRecord(), page));
});

describe('a record that is not true any more', () => {
  const known = readRecord();
  const [site = '', components = {}] = Object.entries(known.sites)[0] ?? [];
  const [name = '', entry = { digest: '', cells: {} }] = Object.entries(components)[0] ?? [];
  const changed = (change: ProofRecord['sites'][string]): string[] =>
    outdated({ ...known, sites: { ...known.sites, [site]: { ...components, ...change } } }, proofs);

  test('tells what was judged for another dist', () => {
    const told = changed({ [name]: { ...entry, digest: 'another' } });
    expect(told).toContain(`${site} › ${name} was not judged as it is now`);
  });

  test('tells what was not run', () => {
    const told = changed({ [name]: { ...entry, cells: {} } });
    expect(told).toContain(`${site} › ${name}: accepted was not run`);
  });

  test('tells what is gone', () => {
    expect(changed({ gone: entry })).toContain(`${site} › gone is not in dist`);
  });
});
