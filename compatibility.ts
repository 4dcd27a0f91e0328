import { versions } from './versions';

/** What is built together into the images of Spark. */
export interface Stack {
  readonly spark: string;
  /** As artifacts of Spark carry it: `2.13`. */
  readonly scala: string;
  /** The runtime; its first number counts. */
  readonly java: string;
  /** Of drivers, executors and notebooks; its first two numbers count. */
  readonly python: string;
  /** The Hadoop client in Spark's distribution, and the connectors beside it. */
  readonly hadoop: string;
  readonly gcsConnector: string;
  readonly delta: string;
  readonly iceberg: string;
  /** The client of the Hive metastore. */
  readonly hive: string;
}

/** The stack of this platform: the pins, and what follows from them. */
export const stack: Stack = { ...versions, scala: '2.13', hive: '2.3.10' };

/** What one line of Spark (`4.1`) goes together with. Versions are spelt out, and only those that were published. */
interface Line {
  readonly scala: readonly string[];
  readonly java: readonly string[];
  readonly python: readonly string[];
  /** The client in the distribution: any other is another class path. */
  readonly hadoop: readonly string[];
  /** Lines of the connector that are built on a Hadoop of the same line. */
  readonly gcsConnector: readonly string[];
  readonly delta: readonly string[];
  readonly iceberg: readonly string[];
  /** Clients that Spark can load; the first one is built in. */
  readonly hive: readonly string[];
}

const HIVE = ['2.3.10', '2.3.9', '3.1.3', '4.0.0', '4.0.1'];

/**
 * The matrix, by line of Spark. Sources, each of which `npm run test:images` asks again for the line that is pinned:
 * - scala, hadoop, hive (built in): `spark-parent` on Maven Central
 * - python: the classifiers of `pyspark` on PyPI; java: the overview page of the Spark documentation
 * - delta: the versions of `io.delta:delta-spark_<line>_<scala>` on Maven Central
 * - iceberg: those of `org.apache.iceberg:iceberg-spark-runtime-<line>_<scala>`
 * - gcsConnector: the Hadoop in the parent POM of `com.google.cloud.bigdataoss:gcs-connector`
 * - hive (others): `spark.sql.hive.metastore.version` in the Spark documentation
 */
export const LINES: Readonly<Record<string, Line>> = {
  '4.0': {
    scala: ['2.13'],
    java: ['17', '21'],
    python: ['3.9', '3.10', '3.11', '3.12', '3.13'],
    hadoop: ['3.4.1'],
    gcsConnector: ['4.0'],
    delta: ['4.1.0', '4.2.0', '4.3.0', '4.3.1', '4.4.0'],
    iceberg: ['1.10.0', '1.10.1', '1.10.2', '1.11.0'],
    hive: HIVE,
  },
  '4.1': {
    scala: ['2.13'],
    java: ['17', '21'],
    python: ['3.10', '3.11', '3.12', '3.13', '3.14'],
    hadoop: ['3.4.2'],
    gcsConnector: ['4.0'],
    delta: ['4.1.0', '4.2.0', '4.3.0', '4.3.1', '4.4.0'],
    iceberg: ['1.11.0', '1.12.0'],
    hive: [...HIVE, '4.1.0'],
  },
  '4.2': {
    scala: ['2.13'],
    java: ['17', '21', '25'],
    python: ['3.10', '3.11', '3.12', '3.13', '3.14'],
    hadoop: ['3.5.0'],
    gcsConnector: ['4.0'],
    delta: ['4.4.0'],
    // No runtime is published for it, and the one for 4.1 fails on it.
    iceberg: [],
    hive: [...HIVE, '4.1.0'],
  },
};

/** What one line of Hive (`4.1`) is built with. */
interface HiveLine {
  /** In the image: any other connector is another class path. */
  readonly hadoop: string;
  /** The SDK that this Hadoop's connector of S3 is built on. */
  readonly awsSdk: string;
  /** In the REST catalog of the metastore; tables of a newer format than it knows cannot be written by it. */
  readonly iceberg: string;
  readonly java: string;
  readonly tez: string;
}

/**
 * The matrix of Hive, by line. A metastore of 4.0.1 or newer no longer answers `get_table` (HIVE-26537), with which
 * Spark's built-in client and the one in Iceberg ask; so Spark must have a client of this very line, and tables of
 * Iceberg go by the REST catalog, which there is since 4.1. Sources:
 * - hadoop, tez, iceberg: `org.apache.hive:hive` on Maven Central; java: the notes of the release
 * - awsSdk: `org.apache.hadoop:hadoop-project` of that Hadoop
 */
export const HIVES: Readonly<Record<string, HiveLine>> = {
  '4.1': { hadoop: '3.4.1', awsSdk: '2.24.6', iceberg: '1.9.1', java: '17', tez: '0.10.5' },
};

/** Two things that do not go together. */
export interface Conflict {
  /** The key of the stack, which is also the pin of versions.ts where there is one. */
  readonly key: keyof Stack | 'hiveHadoop';
  readonly found: string;
  readonly message: string;
  readonly remedy: string;
}

/** The first numbers of a version: `4.1` of `4.1.3`. */
export const lineOf = (version: string, numbers = 2): string =>
  version.split('.').slice(0, numbers).join('.');

/**
 * Every pair of a Hive and what is around it that does not go together; none where it is sound.
 * @param hive its version
 * @param hadoop version of the connectors that are put beside it
 * @param spark version of the Spark whose jobs use its metastore
 */
export function hiveConflicts(hive: string, hadoop: string, spark: string): readonly Conflict[] {
  const line = HIVES[lineOf(hive)];
  if (!line) {
    const message = `Hive ${lineOf(hive)} is no line of the compatibility matrix`;
    const remedy = `pin a Hive of ${either(Object.keys(HIVES))}, or add the line to compatibility.ts with its sources`;
    return [{ key: 'hive', found: hive, message, remedy }];
  }
  const clients = LINES[lineOf(spark)]?.hive ?? [];
  return [
    ...(hadoop === line.hadoop
      ? []
      : [
          {
            key: 'hiveHadoop' as const,
            found: hadoop,
            message: `Hive ${hive} and connectors of Hadoop ${hadoop} do not go together: its image has Hadoop ${line.hadoop}`,
            remedy: `pin ${line.hadoop}`,
          },
        ]),
    ...(clients.some((client) => lineOf(client) === lineOf(hive))
      ? []
      : [
          {
            key: 'hive' as const,
            found: hive,
            message: `Spark ${spark} has no client for a metastore of Hive ${hive}: its own speaks with none newer than 4.0.0`,
            remedy: `pin a Hive of ${either([...new Set(clients.map((client) => lineOf(client)))].filter((each) => each in HIVES))}`,
          },
        ]),
  ];
}

const REASONS: Readonly<
  Record<Exclude<keyof Stack, 'spark'>, { readonly what: string; readonly why: string }>
> = {
  scala: { what: 'Scala', why: 'its artifacts are published for that Scala only' },
  java: { what: 'Java', why: 'it is tested with no other' },
  python: { what: 'Python', why: 'PySpark names no other' },
  hadoop: { what: 'the Hadoop client', why: 'connectors must equal the client in its distribution' },
  gcsConnector: { what: 'the connector of Cloud Storage', why: 'another is built on an older Hadoop' },
  delta: { what: 'Delta', why: 'Delta publishes one artifact for each line of Spark' },
  iceberg: { what: 'Iceberg', why: 'Iceberg publishes one runtime for each line of Spark' },
  hive: { what: 'the client of the Hive metastore', why: 'Spark has no code for another' },
};

/** The part of a version that the matrix speaks of. */
const partOf = (key: keyof Stack, version: string): string => {
  if (key === 'java') return lineOf(version, 1);
  return key === 'python' || key === 'gcsConnector' ? lineOf(version) : version;
};

/** Every pair of a stack that upstream does not support; none where it is sound. */
export function conflicts(chosen: Stack): readonly Conflict[] {
  const line = LINES[lineOf(chosen.spark)];
  if (!line) {
    const message = `Spark ${lineOf(chosen.spark)} is no line of the compatibility matrix`;
    const remedy = `pin a Spark of ${either(Object.keys(LINES))}, or add the line to compatibility.ts with its sources`;
    return [{ key: 'spark', found: chosen.spark, message, remedy }];
  }
  // The keys of the record above are those of a stack.
  return (Object.keys(REASONS) as (keyof typeof REASONS)[])
    .filter((key) => !line[key].includes(partOf(key, chosen[key])))
    .map((key) => {
      const { what, why } = REASONS[key];
      const pair = `Spark ${chosen.spark} and ${what} ${chosen[key]} do not go together: ${why}`;
      return { key, found: chosen[key], message: pair, remedy: remedyOf(key, what, line[key], chosen) };
    });
}

function remedyOf(
  key: keyof typeof REASONS,
  what: string,
  supported: readonly string[],
  chosen: Stack,
): string {
  const others = Object.keys(LINES).filter((line) => LINES[line]?.[key].includes(partOf(key, chosen[key])));
  const spark = others.length > 0 ? `pin a Spark of ${either(others)}` : undefined;
  const here = supported.length > 0 ? `pin ${what} ${either(supported)}` : undefined;
  return [here, spark].filter((each) => each !== undefined).join(', or ');
}

const either = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

/** Why a jar by its Maven coordinate does not fit a stack; undefined where it does, or where nothing is known of it. */
export function jarConflict(coordinate: string, { spark, scala, hadoop }: Stack): string | undefined {
  const [group = '', artifact = '', version = ''] = coordinate.split(':');
  const forSpark = /^(?:delta-spark_|iceberg-spark-runtime-)(\d+\.\d+)_/.exec(artifact)?.[1];
  if (forSpark && forSpark !== lineOf(spark))
    return `is built for Spark ${forSpark}, and jobs run on Spark ${spark}`;
  const forScala = /_(\d+\.\d+)$/.exec(artifact)?.[1];
  if (forScala && forScala !== scala)
    return `is built for Scala ${forScala}, and Spark ${spark} has Scala ${scala}`;
  if (group === 'org.apache.hadoop' && version !== hadoop) {
    return `is of Hadoop ${version}, and the client in Spark ${spark} is of Hadoop ${hadoop}`;
  }
  if (group === 'org.apache.spark' && version !== spark)
    return `is of Spark ${version}, and jobs run on Spark ${spark}`;
  return undefined;
}

/** A list of jars in images/spark: those of the tables, and those of each kind of object store. */
export type JarList = 'tables' | 's3' | 'azure' | 'gcs';

/** What each list is resolved from: Maven coordinates, with a classifier where the jar has one. */
export const coordinates = ({ spark, scala, hadoop, delta, iceberg, gcsConnector }: Stack) =>
  ({
    tables: [
      `io.delta:delta-spark_${lineOf(spark)}_${scala}:${delta}`,
      `org.apache.iceberg:iceberg-spark-runtime-${lineOf(spark)}_${scala}:${iceberg}`,
    ],
    s3: [`org.apache.hadoop:hadoop-aws:${hadoop}`],
    azure: [`org.apache.hadoop:hadoop-azure:${hadoop}`],
    // Published with what it needs in one jar, under names of its own.
    gcs: [`com.google.cloud.bigdataoss:gcs-connector:${gcsConnector}:shaded`],
  }) as const satisfies Record<JarList, readonly string[]>;

/** A list of jars in images/hive: the driver of the database, and those of each kind of object store. */
export type HiveJarList = 'database' | 's3' | 'azure' | 'gcs';

/** What each list of images/hive has: Maven coordinates without what comes along with them, which its image has. */
export function hiveCoordinates(hive: string = versions.hive): Record<HiveJarList, readonly string[]> {
  const { hiveHadoop: hadoop, gcsConnector, postgresJdbc } = versions;
  const awsSdk = HIVES[lineOf(hive)]?.awsSdk ?? '';
  return {
    database: [`org.postgresql:postgresql:${postgresJdbc}`],
    s3: [
      `org.apache.hadoop:hadoop-aws:${hadoop}`,
      `software.amazon.awssdk:bundle:${awsSdk}`,
      `org.wildfly.openssl:wildfly-openssl:${WILDFLY}`,
    ],
    azure: [`org.apache.hadoop:hadoop-azure:${hadoop}`, `org.wildfly.openssl:wildfly-openssl:${WILDFLY}`],
    gcs: [`com.google.cloud.bigdataoss:gcs-connector:${gcsConnector}:shaded`],
  };
}

/** TLS of the connectors of S3 and Azure, as Hadoop 3.4.1 has it. */
const WILDFLY = '1.1.3.Final';
