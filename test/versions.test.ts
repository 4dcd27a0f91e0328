import fs from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { HIVES, lineOf } from '../compatibility';
import { versions } from '../versions';

const ROOT = path.resolve(__dirname, '..');
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** Version by repository, with and without a leading v. */
const byRepository: Readonly<Record<string, string>> = {
  'cert-manager/cert-manager': versions.certManager,
  'kedacore/keda': `v${versions.keda}`,
  'argoproj/argo-events': versions.argoEvents,
  'cloudnative-pg/cloudnative-pg': `v${versions.cloudNativePg}`,
  'cloudnative-pg/plugin-barman-cloud': versions.barmanCloudPlugin,
  'strimzi/strimzi-kafka-operator': versions.strimzi,
  'external-secrets/external-secrets': `v${versions.externalSecrets}`,
  'argoproj/argo-cd': versions.argoCd,
  'argoproj/argo-workflows': versions.argoWorkflows,
  'aws/karpenter-provider-aws': `v${versions.karpenterAws}`,
  'Azure/karpenter-provider-azure': `v${versions.karpenterAzure}`,
  'kubeflow/spark-operator': `v${versions.sparkOperator}`,
};

const { imports } = load(read('cdk8s.yaml')) as { imports: string[] };

test.each(imports)('%s is at the pinned version', (spec) => {
  const [, repository = '', tag] = /githubusercontent\.com\/([^/]+\/[^/]+)\/([^/]+)\//.exec(spec) ?? [];
  expect(tag).toBe(byRepository[repository]);
});

test('every file of imports comes from a line of cdk8s.yaml or is explained in the README', () => {
  const explained = read('imports/README.md');
  const files = fs.readdirSync(path.join(ROOT, 'imports')).filter((file) => file.endsWith('.ts'));
  expect(files.filter((file) => !explained.includes(`\`${file}\``))).toEqual([]);
});

test('Renovate finds every pin', () => {
  const { customManagers } = JSON.parse(read('renovate.json')) as {
    customManagers: { managerFilePatterns: string[]; matchStrings: string[] }[];
  };
  const pattern = customManagers.find(({ managerFilePatterns: [file] }) => file?.includes('versions'))
    ?.matchStrings[0];
  const found = [...read('versions.ts').matchAll(new RegExp(pattern ?? '', 'g'))].map(
    ({ groups }) => groups?.currentValue,
  );
  expect(found).toEqual(Object.values(versions));
  const urls = customManagers.find(({ managerFilePatterns: [file] }) => file?.includes('cdk8s'))
    ?.matchStrings[0];
  expect([...read('cdk8s.yaml').matchAll(new RegExp(urls ?? '', 'g'))]).toHaveLength(imports.length);
});

test('queues are tested with the pinned YuniKorn', () => {
  expect(read('test/queues/go.mod')).toContain(`yunikorn-core v${versions.yunikorn}\n`);
});

test('argocd/install installs the pinned Argo CD', () => {
  expect(read('argocd/install/kustomization.yaml')).toContain(`?ref=${versions.argoCd}`);
});

test('commands in documents name the pinned versions', () => {
  const pages = ['README.md', ...fs.readdirSync(path.join(ROOT, 'docs')).map((file) => `docs/${file}`)]
    .filter((file) => file.endsWith('.md') && fs.existsSync(path.join(ROOT, file)))
    .map(read)
    .join('\n');
  const byTag = [
    ...pages.matchAll(/github\.com\/([\w-]+\/[\w-]+)\/\/\S*\?ref=(v[\d.]+\d)/g),
    ...[...pages.matchAll(/--branch (v?[\d.]+) https:\/\/github\.com\/([\w-]+\/[\w-]+)/g)].map(
      ([all, tag, repository]) => [all, repository, tag] as const,
    ),
  ];
  expect(byTag.length).toBeGreaterThan(0);
  for (const [command, repository = '', tag] of byTag) {
    expect([command, tag]).toEqual([command, byRepository[repository]]);
  }
});

test.each(['charts/processing/spark/examples/requirements.txt', 'test/spark/requirements.txt'])(
  '%s has the pinned Spark and the libraries of its image',
  (file) => {
    const pins = (text: string) =>
      new Map([...text.matchAll(/^([\w-]+)==(\S+)/gm)].map(([, name, version]) => [name, version]));
    const here = pins(read(file));
    expect(here.get('pyspark')).toBe(versions.spark);
    for (const [name, version] of pins(read('images/spark/requirements.txt'))) {
      if (here.has(name)) expect([name, here.get(name)]).toEqual([name, version]);
    }
    for (const name of ['numpy', 'pandas', 'pyarrow']) expect(here.has(name)).toBe(true);
  },
);

test('the tests of databases that serve run the pinned Cassandra', () => {
  expect(read('test/serving/cassandra/pom.xml')).toContain(`<version>${versions.cassandra}</version>`);
});

test('the tests of Kafka run the pinned Kafka, and the stream with the jars that its job names', () => {
  const versionsOf = (file: string): Record<string, string> =>
    Object.fromEntries(
      [...read(file).matchAll(/<artifactId>(\S+)<\/artifactId>\s*<version>(\S+)<\/version>/g)].map(
        ([, artifact = '', version = '']) => [artifact, version],
      ),
    );
  expect(versionsOf('test/kafka/server/pom.xml')).toMatchObject({
    'kafka_2.13': versions.kafka,
    'kafka-tools': versions.kafka,
  });
  expect(read('charts/processing/kafka/iceberg-sink/pom.xml')).toContain(
    `<hadoop.version>${versions.hadoop}</hadoop.version>`,
  );
  expect(versionsOf('test/kafka/client/pom.xml')).toMatchObject({
    'spark-sql-kafka-0-10_2.13': versions.spark,
  });
  for (const file of ['test/kafka/requirements.txt', 'test/story/requirements.txt']) {
    expect(read(file)).toContain(`pyspark==${versions.spark}`);
  }
  // The story runs jobs with the libraries of the image.
  const libraries = [...read('images/spark/requirements.txt').matchAll(/^(?:numpy|pandas|pyarrow)==\S+/gm)];
  expect(libraries).toHaveLength(3);
  for (const [pin] of libraries) expect(read('test/story/requirements.txt')).toContain(`${pin}\n`);
});

test.each(['server', 'plugin'])('the test of Trino runs the pinned one: %s', (part) => {
  expect(read(`test/trino/${part}/pom.xml`)).toContain(`<trino.version>${versions.trino}</trino.version>`);
});

test('the metastore that is tested is the one of the image', () => {
  const server = read('test/hive/server/pom.xml');
  const line = HIVES[lineOf(versions.hive)];
  expect(server).toContain(`<hive.version>${versions.hive}</hive.version>`);
  expect(server).toContain(`<hadoop.version>${line?.hadoop}</hadoop.version>`);
  expect(server).toContain(`<tez.version>${line?.tez}</tez.version>`);
  expect(server).toContain(`<version>${versions.postgresJdbc}</version>`);
  expect(read('test/hive/catalog/pom.xml')).toContain(`<iceberg.version>${line?.iceberg}</iceberg.version>`);
});
