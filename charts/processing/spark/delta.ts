import type { ComponentChart } from '../../../core/chart';
import { versions } from '../../../versions';
import { IVY, jobJars, mavenEgress, type SparkConf } from './conf';
import { jarsOf } from './image';
import type { Settings } from './settings';

/** Lets a session read and write Delta tables, also by their paths. */
export const DELTA_CONF = {
  'spark.sql.extensions': 'io.delta.sql.DeltaSparkSessionExtension',
  'spark.sql.catalog.spark_catalog': 'org.apache.spark.sql.delta.catalog.DeltaCatalog',
} as const satisfies SparkConf;

/** What writes Delta tables, where the image has no jars of its own. */
const DELTA = `io.delta:delta-spark_4.1_2.13:${versions.delta}`;

/**
 * Packages of a job that uses Delta, beside those of every job, and the way to them: where it is submitted and where
 * it runs.
 * @param more what no image has
 */
export function packagesConf(
  chart: ComponentChart,
  settings: Settings,
  namespace: string,
  more: readonly string[],
): SparkConf {
  const packages = [...more, ...(jarsOf(chart.site, settings).length > 0 ? [DELTA] : [])];
  if (packages.length === 0) return {};
  const maven = mavenEgress(settings);
  for (const pods of [chart.pods('controller'), chart.pods('driver', namespace)]) chart.reach(pods, maven);
  const others = jobJars(chart.site, settings).filter((jar) => !jar.startsWith('https:'));
  return { 'spark.jars.ivy': IVY, 'spark.jars.packages': [...others, ...packages].join(',') };
}
