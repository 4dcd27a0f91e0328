import {
  fits,
  mixed,
  type Placement,
  SPREAD_LABEL,
  SPREAD_SLOTS,
  scheduling,
  spotShare,
  termsOf,
} from '../../core/placement';
import { testCloud } from '../support/cloud';

const { capacity } = testCloud();
const [spot] = capacity.samples.spot;
const [regular] = capacity.samples.regular;
if (!spot || !regular) throw new Error('the test cloud has a node of each kind');

const slotted = (node: typeof spot, slot: string) => ({
  ...node,
  labels: { ...node.labels, [SPREAD_LABEL]: slot },
});

test.each([
  ['on-demand', { spot: false, regular: true }],
  ['spot', { spot: true, regular: false }],
  ['spot-preferred', { spot: true, regular: true }],
] as const)('%s runs where it should', (placement, wants) => {
  const pod = scheduling(placement, capacity);
  expect({ spot: fits(pod, spot), regular: fits(pod, regular) }).toEqual(wants);
});

test.each([
  [0.5, 1],
  [0.6, 2],
  [0.7, 3],
  [0.75, 3],
  [0.8, 4],
])('a share of %d takes one regular slot and %d spot slots', (share, slots) => {
  const placement = mixed(share);
  expect(placement).toEqual({ regular: 1, spot: slots });
  expect(spotShare(placement)).toBeGreaterThanOrEqual(share);
  const pod = scheduling(placement, capacity, { app: 'x' });
  expect(fits(pod, slotted(regular, SPREAD_SLOTS.regular[0]))).toBe(true);
  expect(SPREAD_SLOTS.spot.map((slot) => fits(pod, slotted(spot, slot)))).toEqual(
    SPREAD_SLOTS.spot.map((_, index) => index < slots),
  );
  expect(pod.topologySpreadConstraints?.[0]).toMatchObject({
    minDomains: slots + 1,
    whenUnsatisfiable: 'DoNotSchedule',
  });
});

test('workloads of one selector are each split on their own, by the labels that tell them apart', () => {
  const [together] = scheduling(mixed(0.75), capacity, { app: 'x' }).topologySpreadConstraints ?? [];
  const [apart] = scheduling(mixed(0.75), capacity, { app: 'x' }, ['job']).topologySpreadConstraints ?? [];
  expect(together).not.toHaveProperty('matchLabelKeys');
  expect(apart).toEqual({ ...together, matchLabelKeys: ['job'] });
});

test.each(['on-demand', 'spot', 'spot-preferred', mixed(0.5)] as const)(
  '%j has the terms of its pods',
  (placement) => {
    const { affinity } = scheduling(placement, capacity, { app: 'x' });
    const required = affinity.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    expect(termsOf(placement, capacity)).toEqual(required?.map(({ matchExpressions }) => matchExpressions));
  },
);

test.each([0, -0.1, 1.01, Number.NaN, 0.81])('a share of %d is refused', (share) => {
  expect(() => mixed(share)).toThrow(RangeError);
});

test('what only prefers spot is no guarantee', () => {
  const shares: [Placement, number][] = [
    ['spot', 1],
    ['spot-preferred', 0],
    ['on-demand', 0],
    [mixed(0.75), 0.75],
  ];
  for (const [placement, share] of shares) expect(spotShare(placement)).toBe(share);
});

test('where pods of both kinds have nodes of their own, these use them and the others do not', () => {
  const own = (node: typeof spot, slot: string) =>
    slotted({ ...node, labels: { ...node.labels, own: 'yes' } }, slot);
  const [ownSpot, ownRegular] = [own(spot, 's0'), own(regular, 'r0')];
  const terms = [[{ key: 'own', operator: 'In', values: ['yes'] }]];
  const owned = {
    ...capacity,
    either: { terms, spot: capacity.spot, samples: { spot: [ownSpot], regular: [ownRegular] } },
  };
  for (const placement of ['spot-preferred', mixed(0.75)] as const) {
    const pod = scheduling(placement, owned, { app: 'x' });
    expect(
      [ownSpot, ownRegular, slotted(spot, 's0'), slotted(regular, 'r0')].map((node) => fits(pod, node)),
    ).toEqual([true, true, false, false]);
  }
  const preferred = scheduling('spot-preferred', owned).affinity.nodeAffinity
    ?.preferredDuringSchedulingIgnoredDuringExecution;
  expect(preferred?.map(({ preference }) => preference.matchExpressions)).toEqual(capacity.spot);
  const unslotted = { ...owned, either: { ...owned.either, withoutSlots: 'nodes are all alike' } };
  expect(() => scheduling(mixed(0.75), unslotted, { app: 'x' })).toThrow(
    /placed mixed-3-of-4 here: nodes are all/,
  );
});
