import fs from 'node:fs';
import path from 'node:path';
import { requireSoundStack } from '../charts/delivery/images';
import { conflicts, coordinates, jarConflict, LINES, lineOf, stack } from '../compatibility';
import { InputError } from '../core/problem';
import { program } from '../program';

test('what is pinned goes together', () => {
  expect(conflicts(stack)).toEqual([]);
});

// One pin is moved, as a bot would: each pair is told with what is supported and where else the version fits.
test.each([
  ['spark', '4.2.0', 'iceberg', 'Iceberg publishes one runtime for each line of Spark', 'pin a Spark of 4.1'],
  [
    'spark',
    '4.2.0',
    'hadoop',
    'connectors must equal the client',
    'pin the Hadoop client 3.5.0, or pin a Spark of 4.1',
  ],
  [
    'spark',
    '4.0.4',
    'iceberg',
    'Spark 4.0.4 and Iceberg 1.12.0',
    'pin Iceberg 1.10.0, 1.10.1, 1.10.2 or 1.11.0, or',
  ],
  [
    'spark',
    '3.5.9',
    'spark',
    'Spark 3.5 is no line of the compatibility matrix',
    'pin a Spark of 4.0, 4.1 or 4.2',
  ],
  ['scala', '2.12', 'scala', 'its artifacts are published for that Scala only', 'pin Scala 2.13'],
  ['java', '11.0.25_9', 'java', 'Spark 4.1.3 and Java 11.0.25_9', 'pin Java 17 or 21'],
  ['python', '3.9.21', 'python', 'PySpark names no other', '3.13 or 3.14, or pin a Spark of 4.0'],
  [
    'hadoop',
    '3.4.1',
    'hadoop',
    'connectors must equal the client',
    'pin the Hadoop client 3.4.2, or pin a Spark of 4.0',
  ],
  [
    'gcsConnector',
    '3.1.16',
    'gcsConnector',
    'another is built on an older Hadoop',
    'pin the connector of Cloud Storage 4.0',
  ],
  [
    'delta',
    '3.3.3',
    'delta',
    'Delta publishes one artifact for each line',
    'pin Delta 4.1.0, 4.2.0, 4.3.0, 4.3.1 or 4.4.0',
  ],
  [
    'iceberg',
    '1.10.2',
    'iceberg',
    'Spark 4.1.3 and Iceberg 1.10.2',
    'pin Iceberg 1.11.0 or 1.12.0, or pin a Spark of 4.0',
  ],
  ['hive', '4.2.0', 'hive', 'Spark has no code for another', 'pin the client of the Hive metastore 2.3.10'],
] as const)('%s %s is refused for its %s', (moved, version, key, message, remedy) => {
  const found = conflicts({ ...stack, [moved]: version }).find((each) => each.key === key);
  expect(found?.message).toContain(message);
  expect(found?.remedy).toContain(remedy);
});

test('an unsound stack fails with the pin, what was found and a remedy for every pair', () => {
  const attempt = () => requireSoundStack({ ...stack, spark: '4.2.0' });
  expect(attempt).toThrow(InputError);
  try {
    attempt();
  } catch (error) {
    expect((error as InputError).problems.map(({ field, found }) => [field, found])).toEqual([
      ['versions.ts hadoop', '3.4.2'],
      ['versions.ts iceberg', '1.12.0'],
    ]);
  }
});

test('each line of the matrix names what its artifacts are called after', () => {
  for (const [line, { iceberg, delta }] of Object.entries(LINES)) {
    expect(lineOf(`${line}.7`)).toBe(line);
    for (const version of [...iceberg, ...delta]) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
  expect(coordinates({ ...stack, spark: '4.0.4' }).tables[0]).toContain('delta-spark_4.0_2.13');
});

test.each([
  ['io.delta:delta-spark_4.0_2.13:4.4.0', 'is built for Spark 4.0'],
  ['org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.12.0', 'is built for Spark 3.5'],
  ['com.example:tool_2.12:1.0.0', 'is built for Scala 2.12'],
  ['org.apache.hadoop:hadoop-aws:3.3.4', 'is of Hadoop 3.3.4'],
  ['org.apache.spark:spark-sql-kafka-0-10_2.13:4.0.0', 'is of Spark 4.0.0'],
  ['org.apache.spark:spark-sql-kafka-0-10_2.13:4.1.3', undefined],
  ['io.delta:delta-spark_4.1_2.13:4.4.0', undefined],
  ['org.postgresql:postgresql:42.7.8', undefined],
  ['https://example.com/tool.jar', undefined],
])('%s: %s', (coordinate, why) => {
  const found = jarConflict(coordinate, stack);
  if (why === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(why);
});

test('the table in the documents is the matrix', () => {
  const page = fs.readFileSync(path.join(program.root, 'docs/images.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (\d\.\d) +\|(.*)\|$/gm)].map(([, line, cells = '']) => [
    line,
    ...cells.split('|').map((cell) => cell.trim()),
  ]);
  const keys = ['scala', 'java', 'python', 'hadoop', 'gcsConnector', 'delta', 'iceberg', 'hive'] as const;
  expect(rows).toEqual(
    Object.entries(LINES).map(([line, facts]) => [line, ...keys.map((key) => facts[key].join(', '))]),
  );
});
