import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { CORE_SCHEMA, DUMP_SCHEMA, load, YAML11_SCHEMA } from 'js-yaml';
import { parse } from 'yaml';
import { type JsonValue, toYaml } from '../../core/yaml';

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'js-yaml, core schema of 1.2': (text) => load(text, { schema: CORE_SCHEMA }),
  'js-yaml, 1.1': (text) => load(text, { schema: YAML11_SCHEMA }),
  'js-yaml, 1.1 and 1.2 together': (text) => load(text, { schema: DUMP_SCHEMA }),
  'yaml, 1.1': (text) => parse(text, { version: '1.1' }),
  'yaml, 1.2': (text) => parse(text, { version: '1.2' }),
};

/** Text that some reader of YAML takes for something else, or refuses, where it is written carelessly. */
const HOSTILE: readonly string[] = [
  '',
  ...'y N yes No ON off true FALSE null Null ~ = << e5 E16 -e3 __proto__ constructor toString'.split(' '),
  ...'0 -1 +1 007 08 0o7 0b1 0x1F 1_000 1e3 1E+3 .5 5. 0.0 .inf -.INF +.inf .nan .NaN 1,000 10.0.0.1'.split(
    ' ',
  ),
  ...'12:30:45 1:20 190:20:30.15 2001-01-01 2001-1-1 2001-12-14t21:59:43.10-05:00 2001-12-14T21:59:43Z'.split(
    ' ',
  ),
  ..."--- ... %TAG %a @b `c &a *a !t | > |- , - ? : a: :a a:: #x \"b\" 'a' it's \\ C:\\n".split(' '),
  ...'[a {a a] a} [] {} <a> $ $(A) é 日本 \u{10ffff}'.split(' '),
  ...'--- a|... a|!!str a|- a|? b|: c|key: value|a: |a #b|a, b|{{ x }}|{{=a["b"]}}| a|a |a  b| '.split('|'),
  ...'2001-12-14 21:59:43.10 -5|🎉 party|👨‍👩‍👧\nx\n|\ta|a\t|a\tb|\t|a\r\nb|a\r|a\r\nb\r\n'.split('|'),
  ...'\0|\u001b[0m|\u0007\n|a\u007f|a\u0080|a\u0085b|a\u0085\n|a\u00a0|\u202ea'.split('|'),
  ...'a\u2028b|a\u2028b\n|\u2029\n|\ufeffa|a\ufeff\n|\ufffe|\uffff|\u{e0041}'.split('|'),
  ...'\n|\n\n|a\n|a\nb|a\nb\n|a\nb\n\n\n|\na|\n\na\n| a\nb|\ta\nb|\n a\n|\n\ta\n\n'.split('|'),
  ...'a\n b\n|a\n\tb\n|a \nb|a\n \nb|a\n |a\n\t|\n | \na'.split('|'),
  ...'# c\nb\n|- a\n- b\n|a: b\n|---\na\n|...\nb|%TAG\nb|\n#x\n'.split('|'),
  'k: |\n  a\n',
  '9'.repeat(30),
];

/** Keys around the length up to which a key may stand before its colon on one line. */
const LONG_KEYS = [1020, 1021, 1022, 1023, 1024, 1025, 5000].flatMap((length) => [
  'k'.repeat(length),
  '#'.repeat(length),
]);

const characters = (from: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...from), maxLength });

/** Any character; fast-check's own `binary` first makes a table of all, which takes longer than the test. */
const anyCharacter = fc
  .nat(0x10ffff - 0x800)
  .map((point) => String.fromCodePoint(point < 0xd800 ? point : point + 0x800));

const lines = fc
  .array(
    fc.oneof(
      fc.constantFrom(...', ,  ,a, a,   a,\ta,# a,- a,a: b,a ,---,...,é,|'.split(',')),
      characters('ab \t#:-|"', 6),
    ),
    { maxLength: 6 },
  )
  .map((each) => each.join('\n'));

const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  characters('aynNoO019eExXb_.:+-tTzZ ~=<>?|#&*!%@`\'"{}[],\\/$()\n\t\r \u0085\u2028é😀\ufeff', 12),
  characters('0123456789.:_+-eExobTZ ,', 10),
  characters('eE0+-.', 4),
  lines,
  fc.string({ unit: anyCharacter, maxLength: 8 }),
);

const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 0.1, 1e20, 1e21, -1e21, 1e-7, 1.5e300, 5e-324, 2 ** 53, Number.MAX_VALUE),
);

/** Assignment would lose a key `__proto__`; `fromEntries` defines it. */
const object = <T>(members: readonly (readonly [string, T])[]): Record<string, T> =>
  Object.fromEntries(members);

const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    { weight: 5, arbitrary: text },
    { weight: 1, arbitrary: number },
    { weight: 1, arbitrary: fc.constantFrom(true, false, null) },
    { weight: 3, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    { weight: 4, arbitrary: fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map(object) },
  ),
}));

/** What a reader must find: the value without undefined members and without the sign of zero. */
const asJson = (given: JsonValue): unknown => JSON.parse(JSON.stringify(given));

function expectReadBack(given: JsonValue, read: (text: string) => unknown): void {
  const written = toYaml(given);
  const found = read(written);
  const expected = asJson(given);
  // toEqual takes too long for thousands of values, so it is left to show the difference. Equal JSON is equal order.
  if (isDeepStrictEqual(found, expected) && JSON.stringify(found) === JSON.stringify(expected)) return;
  expect({ found, written }).toEqual({ found: expected, written });
  throw new Error(`Order of keys or kind of a value differs after reading back:\n${written}`);
}

describe.each(Object.entries(readers))('read back with %s', (_, read) => {
  test('every hostile text, as value, item, key and deeper', () => {
    for (const each of HOSTILE) {
      expectReadBack(each, read);
      expectReadBack([each, each], read);
      expectReadBack({ [each]: each, after: [[each], { a: each, b: [each] }, each] }, read);
    }
    expectReadBack(object(HOSTILE.map((each) => [each, [{ [each]: each }]])), read);
  });

  test('keys of any length', () => {
    for (const key of LONG_KEYS) {
      expectReadBack([{ [key]: 'a', b: { [key]: ['a', { [key]: { c: 'a\nb\n' } }], d: 1 } }], read);
      expectReadBack({ [key]: {}, b: { [key]: 'a\nb\n' } }, read);
    }
  });

  test('99 levels', () => {
    expectReadBack(nested(99), read);
  });
});

test('any value is read back with each of them', () => {
  const all = Object.values(readers);
  fc.assert(
    fc.property(value, (given) => {
      for (const read of all) expectReadBack(given, read);
    }),
    { numRuns: 2000 },
  );
});

/** As many levels as told, lists and objects by turns. */
const nested = (levels: number): JsonValue =>
  levels === 0 ? 'a\nb\n' : levels % 2 === 0 ? [nested(levels - 1)] : { key: nested(levels - 1) };

test('no line ends with a blank, nothing unseen is written, and the text ends with a line feed', () => {
  fc.assert(
    fc.property(value, (given) => {
      const written = toYaml(given);
      // expect() for each would take most of the time.
      const wrong =
        /[ \t]$|[ \t]\n/.test(written) ||
        /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\ufeff\u202a-\u202e]/u.test(written) ||
        !written.endsWith('\n');
      if (wrong) expect(written).toBe('text without such');
    }),
    { numRuns: 1200 },
  );
});

test('a Deployment and a ConfigMap are written as one would write them', () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: undefined,
      labels: { 'app.kubernetes.io/name': 'web' },
      annotations: { 'argocd.argoproj.io/sync-wave': '-1', 'example.com/owner': 'Zoë' },
    },
    spec: {
      replicas: 2,
      template: {
        spec: {
          automountServiceAccountToken: false,
          containers: [
            {
              name: 'web',
              image: 'registry.example.com/web:1.2.3',
              args: ['--listen=0.0.0.0:8080', '-v', '{{x}}', 'true'],
              env: [{ name: 'PORT', value: '8080' }],
              resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { cpu: '1' } },
              command: [],
            },
          ],
          volumes: [{ name: 'tmp', emptyDir: {} }],
        },
      },
    },
  };
  expect(toYaml(deployment)).toBe(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app.kubernetes.io/name: web
  annotations:
    argocd.argoproj.io/sync-wave: "-1"
    example.com/owner: "Zoë"
spec:
  replicas: 2
  template:
    spec:
      automountServiceAccountToken: false
      containers:
        - name: web
          image: registry.example.com/web:1.2.3
          args:
            - --listen=0.0.0.0:8080
            - -v
            - "{{x}}"
            - "true"
          env:
            - name: PORT
              value: "8080"
          resources:
            requests:
              cpu: 250m
              memory: 512Mi
            limits:
              cpu: "1"
          command: []
      volumes:
        - name: tmp
          emptyDir: {}
`);
  const script = '#!/bin/sh\nset -e\n\nfor x in "$@"; do\n\techo "$x: # ok"\ndone\n';
  const data = { 'run.sh': script, 'kept.txt': 'a\n\n', 'indented.txt': '  a\nb', 'dos.txt': 'a\r\nb\r\n' };
  expect(toYaml({ kind: 'ConfigMap', data })).toBe(`kind: ConfigMap
data:
  run.sh: |
    #!/bin/sh
    set -e

    for x in "$@"; do
    \techo "$x: # ok"
    done
  kept.txt: |+
    a

  indented.txt: |2-
      a
    b
  dos.txt: "a\\r\\nb\\r\\n"
`);
});

test.each<[JsonValue, string]>([
  [{}, '{}\n'],
  [[], '[]\n'],
  [{ a: undefined }, '{}\n'],
  [null, 'null\n'],
  ['a\nb', '"a\\nb"\n'],
  [
    [[1, [2]], [[]], [{}], { a: [{ b: [null] }] }],
    '- - 1\n  - - 2\n- - []\n- - {}\n- a:\n    - b:\n        - null\n',
  ],
  [{ b: 1, a: [true], 1: 'x' }, '"1": x\nb: 1\na:\n  - true\n'],
  [JSON.parse('{"__proto__":{"a":1}}'), '__proto__:\n  a: 1\n'],
  [['a\u2028\u{e0041}', 'a\u0085', '\u007f'], '- "a\\u2028\\U000e0041"\n- "a\\u0085"\n- "\\u007f"\n'],
  [{ a: 'x \ny\n' }, 'a: "x \\ny\\n"\n'],
  // The readers above take all of these plainer too; those in Go or Python do not.
  [['=', '\ufffe', '\ta\nb'], '- "="\n- "\\ufffe"\n- |2-\n  \ta\n  b\n'],
])('%j is written as %j', (given, expected) => {
  expect(toYaml(given)).toBe(expected);
});

test('numbers are numbers in YAML 1.1 too', () => {
  const given = [-0, 0.1, 1e20, 1e21, -1e21, 1.5e21, 1e-7, 2.5e-7];
  const expected = ['0', '0.1', '1'.padEnd(21, '0'), '1.0e+21', '-1.0e+21', '1.5e+21', '1.0e-7', '2.5e-7'];
  expect(given.map((each) => toYaml(each).trim())).toEqual(expected);
});

test.each([
  '/etc/app',
  '250m',
  '4Gi',
  '30s',
  '10.0.0.0/8',
  'a:b',
  'http://a:80/b?c=d#e',
  '$(A)',
  'a, b',
  '--a=b',
  'v1',
])('%s needs no quotes', (given) => {
  expect(toYaml({ [given]: given })).toBe(`${given}: ${given}\n`);
});

describe('what has no YAML is refused with its path', () => {
  const circle: Record<string, unknown> = {};
  circle.self = [circle];

  test.each<[string, unknown, string]>([
    [
      'NaN',
      { spec: { template: [1, 2, { x: Number.NaN }] } },
      'spec.template[2].x cannot be written as YAML: it is NaN',
    ],
    ['infinity', [-Infinity], '[0] cannot be written as YAML: it is -Infinity'],
    ['a function', { a: [1], b: () => 1 }, 'b cannot be written as YAML: it is a function'],
    ['a bigint', { 'a.b/c': [1n] }, '["a.b/c"][0] cannot be written as YAML: it is a bigint'],
    ['a symbol', { a: { b: 1 }, c: Symbol('s') }, 'c cannot be written as YAML: it is a symbol'],
    ['an undefined item', { a: [1, undefined] }, 'a[1] cannot be written as YAML: it is undefined'],
    ['nothing', undefined, 'The value cannot be written as YAML: it is undefined'],
    ['an instance', { at: new Date(0) }, 'at cannot be written as YAML: it is an instance of a class'],
    ['a map', new Map(), 'The value cannot be written as YAML: it is an instance of a class'],
    ['half a pair', { a: 'x\ud83d' }, 'a cannot be written as YAML: it has half of a surrogate pair'],
    ['half a pair in a block', { a: 'x\n\udc00' }, 'a cannot be written as YAML: it has half of a surrogate'],
    ['half a pair in a key', { a: { '\ud83d': 1 } }, 'a["\\ud83d"] cannot be written as YAML: it has half'],
    ['100 levels', nested(100), 'it has more than 99 levels'],
    ['a circle', circle, 'it has more than 99 levels, or contains itself'],
  ])('%s', (_, given, message) => {
    // Beyond the type, on purpose.
    const write = () => toYaml(given as JsonValue);
    expect(write).toThrow(TypeError);
    expect(write).toThrow(message);
  });
});
