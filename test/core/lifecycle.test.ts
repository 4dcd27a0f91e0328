import type { ComponentChart } from '../../core/chart';
import { planBuckets } from '../../core/lifecycle';
import type { Overlay } from '../../core/overlay';
import { InputError, type Problem } from '../../core/problem';
import { testCloud } from '../support/cloud';
import { serverComponent, synth } from '../support/platform';

type Said = Partial<Overlay['buckets']>;

const site = (buckets: Said, also: (chart: ComponentChart) => void = () => {}) =>
  synth([serverComponent('shop', { also })], { buckets: { prefix: 'acme', ...buckets } });

/** The one problem of a site; it says what to do. */
function refusal(buckets: Said, also?: (chart: ComponentChart) => void): Problem {
  try {
    site(buckets, also);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.problems).toHaveLength(1);
    const [problem] = error.problems as [Problem];
    expect(problem.remedy).toMatch(/\S/);
    return problem;
  }
  throw new Error('nothing was refused');
}

const planned = (purpose: string, buckets: Said = {}, also?: (chart: ComponentChart) => void) => {
  const { model } = site(buckets, also);
  const plan = planBuckets(model.site, [...model.recorded.values()]).find((each) => each.purpose === purpose);
  if (!plan) throw new Error(`there is no bucket ${purpose}`);
  return plan;
};

const keepLogs =
  (days: number | 'always', path = '') =>
  (chart: ComponentChart) => {
    chart.age('event-logs', { paths: [path], expireDays: 30 });
    chart.keep({ bucket: 'event-logs', path, days, what: 'event logs', setting: 'components.shop.days' });
  };

describe('a lifecycle that takes what is still needed is refused with both numbers', () => {
  const rules = (bucket: string, rule: object): Said => ({ lifecycle: { [bucket]: { rules: [rule] } } });
  test.each([
    [
      'older snapshots of tables',
      { ...rules('curated', { path: 'orders/', expireDays: 3 }), snapshotDays: 10 },
      'buckets.lifecycle.curated.rules[0].expireDays',
      3,
      /below orders\/ of the bucket curated go after 3 days, and older snapshots of tables are needed for 10 days$/,
      'write 10 or more, or lower buckets.snapshotDays to 3',
    ],
    [
      'files of tables',
      rules('warehouse', { expireDays: 4000 }),
      'buckets.lifecycle.warehouse.rules[0].expireDays',
      4000,
      /go after 4000 days, and files of tables, however old are needed as long as the site stands$/,
      'leave it out, or name a path on which none of them lies',
    ],
    [
      'a restore',
      { ...rules('backups', { expireDays: 20 }), restoreDays: 35 },
      'buckets.lifecycle.backups.rules[0].expireDays',
      20,
      /go after 20 days, and backups that a restore begins with are needed for 35 days$/,
      'write 35 or more, or lower buckets.restoreDays to 20',
    ],
    [
      'a restore from an archive that must be asked first',
      { ...rules('backups', { archiveDays: 30, expireDays: 90 }), restoreDays: 35 },
      'buckets.lifecycle.backups.rules[0].archiveDays',
      30,
      /can no longer be read at once after 30 days, and .* for 35 days$/,
      'write 35 or more, or lower buckets.restoreDays to 30',
    ],
    [
      'what an overlay knows',
      {
        ...rules('raw', { path: 'landing/', expireDays: 7 }),
        needs: [{ bucket: 'raw' as const, path: 'landing/orders/', days: 30, what: 'orders not yet read' }],
      },
      'buckets.lifecycle.raw.rules[0].expireDays',
      7,
      /go after 7 days, and orders not yet read are needed for 30 days$/,
      'write 30 or more, or lower buckets.needs[0].days to 7',
    ],
  ])('%s', (_, buckets, field, found, message, remedy) => {
    expect(refusal(buckets)).toMatchObject({
      field,
      found,
      message: expect.stringMatching(message),
      remedy,
    });
  });

  test('what a component says', () => {
    const short = rules('event-logs', { expireDays: 10 });
    expect(refusal(short, keepLogs(45))).toMatchObject({
      site: 'test',
      field: 'buckets.lifecycle.event-logs.rules[0].expireDays',
      found: 10,
      message: 'objects of the bucket event-logs go after 10 days, and event logs are needed for 45 days',
      remedy: 'write 45 or more, or lower components.shop.days to 10',
    });
    const always = rules('event-logs', { path: 'a/', expireDays: 10 });
    expect(refusal(always, keepLogs('always', 'a/b/')).message).toMatch(/as long as the site stands$/);
    expect(() => site(always, keepLogs('always', 'b/'))).not.toThrow();
  });

  test('versions that are gone before a restore asks for them', () => {
    expect(refusal({ lifecycle: { raw: { versionDays: 5 } } })).toMatchObject({
      field: 'buckets.lifecycle.raw.versionDays',
      found: 5,
      message: expect.stringMatching(/for 5 days, and a restore must reach back 14 days$/),
      remedy: 'write 14 or more, or lower buckets.restoreDays to 5',
    });
    expect(() => site({ lifecycle: { scratch: { versionDays: 0 } } })).not.toThrow();
  });

  test('an archive that is read at once keeps everything', () => {
    const cloud = testCloud();
    const tiers = { archive: { readable: true } };
    const open = { ...cloud, objectStore: { ...cloud.objectStore, tiers } };
    const buckets = { prefix: 'acme', restoreDays: 35, ...rules('backups', { archiveDays: 30 }) };
    expect(() => synth([serverComponent('shop')], { cloud: open, buckets })).not.toThrow();
  });
});

describe('where the overlay says nothing', () => {
  test('objects stay as long as they are needed, whatever the default', () => {
    expect(planned('event-logs', {}, keepLogs(10)).rules).toMatchObject([{ paths: [''], expireDays: 30 }]);
    expect(planned('event-logs', {}, keepLogs(45)).rules).toMatchObject([{ expireDays: 45 }]);
    expect(planned('event-logs', {}, keepLogs('always')).rules).toEqual([]);
  });

  test('only tiers that the store has are used', () => {
    expect(planned('raw').rules).toMatchObject([{ coolDays: 90 }]);
    const cloud = testCloud();
    const { model } = synth([serverComponent('shop')], {
      cloud: { ...cloud, objectStore: { ...cloud.objectStore, tiers: {} } },
    });
    const [raw] = planBuckets(model.site, []);
    expect(raw?.rules).toEqual([]);
  });

  test('what cannot be made again can be brought back for the days of a restore', () => {
    expect(planned('raw', { restoreDays: 21 }).versionDays).toBe(21);
    expect(planned('scratch').versionDays).toBe(0);
  });

  test('accesses are logged in a bucket of their own, whose own accesses are not', () => {
    expect(planned('raw').accessLog).toBe('acme-access-logs');
    expect(planned('access-logs').accessLog).toBeUndefined();
    expect(planned('raw', { lifecycle: { raw: { accessLog: false } } }).accessLog).toBeUndefined();
  });
});

test.each([
  [{ names: { logs: 'acme-raw' } }, 'buckets.names.logs', /is the bucket of raw too/],
  [{ encryptionKey: 'mine' }, 'buckets.encryptionKey', /^test takes no such key: it has another$/],
  [
    { lifecycle: { raw: { rules: [{ coldDays: 60 }] } } },
    'buckets.lifecycle.raw.rules[0].coldDays',
    /no cold tier/,
  ],
  [{ lifecycle: { raw: { rules: [{}] } } }, 'buckets.lifecycle.raw.rules[0]', /says nothing/],
  [
    { lifecycle: { raw: { rules: [{ coolDays: 10 }] } } },
    'buckets.lifecycle.raw.rules[0].coolDays',
    /30 days/,
  ],
  [
    { lifecycle: { raw: { rules: [{ coolDays: 30, archiveDays: 40 }] } } },
    'buckets.lifecycle.raw.rules[0].archiveDays',
    /30 days after coolDays of 30$/,
  ],
  [
    { lifecycle: { raw: { rules: [{ coolDays: 60, expireDays: 60 }] } } },
    'buckets.lifecycle.raw.rules[0].expireDays',
    /go before they move/,
  ],
  [
    { lifecycle: { logs: { rules: [{ expireDays: 9 }, { path: 'a/', expireDays: 5 }] } } },
    'buckets.lifecycle.logs.rules[1].path',
    /the rule on "" has expireDays already$/,
  ],
  [
    { lifecycle: { raw: { rules: [{ path: '/a', expireDays: 5 }] } } },
    'buckets.lifecycle.raw.rules[0].path',
    /no path/,
  ],
])('%j is refused', (buckets, field, message) => {
  expect(refusal(buckets as Said)).toMatchObject({
    site: 'test',
    field,
    message: expect.stringMatching(message),
  });
});

test('a purpose may have a name of its own, and a key that the store takes', () => {
  expect(planned('raw', { names: { raw: 'other' }, encryptionKey: 'key' })).toMatchObject({
    name: 'other',
    encryptionKey: 'key',
  });
});
