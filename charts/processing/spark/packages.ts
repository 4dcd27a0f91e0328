import type { ComponentChart } from '../../../core/chart';
import { IVY, jobJars, mavenEgress, type SparkConf } from './conf';
import type { Settings } from './settings';

/**
 * Packages of one job beside those of every job, and the way to them: where it is submitted and where it runs.
 * @param more what no image has
 */
export function packagesConf(
  chart: ComponentChart,
  settings: Settings,
  namespace: string,
  more: readonly string[],
): SparkConf {
  const maven = mavenEgress(settings);
  for (const pods of [chart.pods('controller'), chart.pods('driver', namespace)]) chart.reach(pods, maven);
  const others = jobJars(chart.site, settings).filter((jar) => !jar.startsWith('https:'));
  return { 'spark.jars.ivy': IVY, 'spark.jars.packages': [...others, ...more].join(',') };
}
