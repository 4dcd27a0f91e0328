import type { k8s } from 'cdk8s-plus-27';
import { mebibytes, parseQuantity } from '../../../core/quantity';
import type { Mount } from '../../../core/workload';
import type { Software } from './image';
import type { Properties } from './xml';
import { configuration } from './xml';

/** The user of the image, by number. */
export const USER = 1000;

/** Where programs read their settings, and where what the image lacks lies. */
const CONF = '/etc/hive';

/** Reflection that Java 17 refuses unless it is told. */
const OPENED = [
  'java.base/java.io',
  'java.base/java.lang',
  'java.base/java.lang.reflect',
  'java.base/java.math',
  'java.base/java.net',
  'java.base/java.nio',
  'java.base/java.text',
  'java.base/java.time',
  'java.base/java.util',
  'java.base/java.util.concurrent',
  'java.base/java.util.concurrent.atomic',
  'java.base/java.util.regex',
  'java.base/sun.nio.ch',
].map((part) => `--add-opens=${part}=ALL-UNNAMED`);

/** Options of the JVM of a pod with so much memory. A program that runs out of heap ends, and is started again. */
export const jvmOptions = (memory: string): string =>
  [
    `-Xmx${mebibytes((parseQuantity(memory) * 3) / 4).replace('Mi', 'm')}`,
    '-XX:+ExitOnOutOfMemoryError',
    ...OPENED,
  ].join(' ');

/** Logs go where pods are read, and nowhere else. */
const LOGGING = [
  'status = warn',
  'appender.console.type = Console',
  'appender.console.name = console',
  'appender.console.target = SYSTEM_ERR',
  'appender.console.layout.type = PatternLayout',
  'appender.console.layout.pattern = %d{ISO8601} %-5p [%t] %c{1}: %m%n',
  'rootLogger.level = info',
  'rootLogger.appenderRef.console.ref = console',
  '',
].join('\n');

/** The files of a program: what its ConfigMap holds. */
export const configurationFiles = (hadoop: Properties, hive: Properties): Record<string, string> => ({
  'core-site.xml': configuration(hadoop),
  'hive-site.xml': configuration(hive),
  'hive-log4j2.properties': LOGGING,
});

/** What a program of Hive is started with, in an image that is read-only; `options` are for its JVM. */
export const environment = (
  memory: string,
  { jars }: Software,
  ...options: readonly string[]
): k8s.EnvVar[] => [
  { name: 'HIVE_CONF_DIR', value: CONF },
  { name: 'HADOOP_CONF_DIR', value: CONF },
  { name: 'TEZ_CONF_DIR', value: CONF },
  ...(jars ? [{ name: 'HIVE_AUX_JARS_PATH', value: jars.path }] : []),
  { name: 'HADOOP_CLIENT_OPTS', value: [jvmOptions(memory), ...options].join(' ') },
  // The name by which Hadoop knows the process; the image has no entry for the number of its user everywhere.
  { name: 'HADOOP_USER_NAME', value: 'hive' },
];

/** Its files and the folders that it writes to. */
export const mounts = (configMap: string, { jars }: Software): Mount[] => [
  { name: 'configuration', path: CONF, source: { configMap: { name: configMap } } },
  ...(jars ? [jars] : []),
  { name: 'tmp', path: '/tmp', source: { emptyDir: {} } },
];
