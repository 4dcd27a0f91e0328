import fs from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { contractText } from '../../charts/foundation/node-pools/contract';
import { aws } from '../../clouds/aws';
import { azure } from '../../clouds/azure';
import { gcp } from '../../clouds/gcp';
import { onprem } from '../../clouds/onprem';
import type { Cloud } from '../../core/cloud';
import { fits, type NodeSample, SPREAD_SLOTS, scheduling } from '../../core/placement';

const CLOUDS: readonly Cloud[] = [
  aws({ region: 'eu-central-1', account: '111122223333', cluster: 'lake' }),
  azure({
    cluster: 'lake',
    tenant: '00000000-0000-4000-8000-000000000001',
    client: '00000000-0000-4000-8000-000000000002',
    storageAccount: 'acmelake',
  }),
  gcp({ project: 'acme-lake-prod', cluster: 'lake' }),
  onprem(),
];

interface Side {
  readonly anyOf: readonly unknown[];
  readonly tolerated: readonly unknown[];
  readonly nodes: readonly (NodeSample & { readonly slots: readonly string[] })[];
}

interface Contract {
  readonly regular: Side;
  readonly spot: Side;
  readonly spread: { readonly label: string; readonly regular: string[]; readonly spot: string[] };
}

// The text is made of a contract; reading it back gives one.
const contractOf = ({ capacity }: Cloud) => load(contractText(capacity)) as unknown as Contract;

describe.each(CLOUDS.map((cloud) => [cloud.name, cloud] as const))('%s', (_, cloud) => {
  const contract = contractOf(cloud);

  test('pods run on the nodes that the contract describes, and on no others', () => {
    const pods = {
      regular: scheduling('on-demand', cloud.capacity),
      spot: scheduling('spot', cloud.capacity),
    };
    for (const node of contract.regular.nodes) {
      expect(fits(pods.regular, node)).toBe(true);
      expect(fits(pods.spot, node)).toBe(false);
    }
    for (const node of contract.spot.nodes) {
      expect(fits(pods.spot, node)).toBe(true);
      expect(fits(pods.regular, node)).toBe(false);
    }
  });

  test('each sort of node is told once, with slots of its own kind', () => {
    for (const kind of ['regular', 'spot'] as const) {
      const sorts = contract[kind].nodes.map(({ labels, taints }) => JSON.stringify([labels, taints]));
      expect(new Set(sorts).size).toBe(sorts.length);
      for (const { slots, labels } of contract[kind].nodes) {
        expect(SPREAD_SLOTS[kind]).toEqual(expect.arrayContaining([...slots]));
        expect(labels).not.toHaveProperty([contract.spread.label]);
      }
    }
  });
});

test('on your own cluster every node has a slot, and spot nodes have all of them', () => {
  const { regular, spot } = contractOf(onprem());
  expect(regular.nodes.map(({ slots }) => slots)).toEqual([['r0']]);
  expect(spot.nodes.map(({ slots }) => slots)).toEqual([
    ['s0', 's1', 's2', 's3'],
    ['s0', 's1', 's2', 's3'],
  ]);
});

test('the page on the contract gives its labels, taint and slots', () => {
  const page = fs.readFileSync(path.join(__dirname, '../../docs/node-contract.md'), 'utf8');
  const { spread, spot } = contractOf(onprem());
  for (const slot of [...spread.regular, ...spread.spot]) expect(page).toContain(`\`${slot}\``);
  expect(page).toContain(`${spread.label} notin (${spread.regular.join(',')})`);
  expect(page).toContain(`${spread.label} notin (${spread.spot.join(',')})`);
  const [taint] = spot.nodes[0]?.taints ?? [];
  expect(page).toContain(`kubectl taint node NODE ${taint?.key}=${taint?.value}:${taint?.effect}`);
});
