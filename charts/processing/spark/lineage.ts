import { lineOf } from '../../../compatibility';
import type { Egress } from '../../../core/cloud';
import { InputError } from '../../../core/problem';
import type { Site } from '../../../core/site';
import { versions } from '../../../versions';
import type { Settings } from './settings';

/**
 * Lines of Spark that the listener of a version goes with. 4.0 is the newest that its publisher tests
 * (integration/spark/gradle.properties of OpenLineage 1.53.0); 4.1 is what `npm run test:spark` runs it with.
 */
export const LINEAGE_LINES: Readonly<Record<string, readonly string[]>> = {
  '1.53.0': ['3.5', '4.0', '4.1'],
};

/**
 * The listener as a Maven coordinate, where jobs shall tell their lineage.
 * @throws InputError where it does not go with the Spark of the platform
 */
export function lineageJars({ lineage }: Settings, spark: string = versions.spark): readonly string[] {
  if (lineage === undefined) return [];
  const lines = LINEAGE_LINES[versions.openLineage] ?? [];
  if (!lines.includes(lineOf(spark))) {
    const message = `is not to be had: the listener of OpenLineage ${versions.openLineage} does not go with Spark ${spark}`;
    const remedy = `leave it out, or pin a Spark of ${lines.join(', ')} in versions.ts`;
    throw new InputError([{ field: 'lineage', found: lineage, message, remedy }]);
  }
  return [`io.openlineage:openlineage-spark_2.13:${versions.openLineage}`];
}

/** What jobs tell, and whom. A server that does not answer costs a warning in the log, and never the job. */
export function lineageConf(site: Site, { lineage }: Settings): Readonly<Record<string, string>> {
  if (lineage === undefined) return {};
  return {
    'spark.extraListeners': 'io.openlineage.spark.agent.OpenLineageSparkListener',
    'spark.openlineage.transport.type': 'http',
    'spark.openlineage.transport.url': new URL(lineage.url).origin,
    'spark.openlineage.transport.endpoint': pathOf(lineage.url),
    'spark.openlineage.namespace': lineage.namespace ?? site.name,
  };
}

/** The path of the URL, or the usual one of the API. */
function pathOf(url: string): string {
  const { pathname } = new URL(url);
  return pathname === '/' ? '/api/v1/lineage' : pathname;
}

/** The way there. */
export function lineageEgress({ lineage }: Settings): Egress | undefined {
  if (lineage === undefined) return undefined;
  const { port, protocol } = new URL(lineage.url);
  return {
    name: 'lineage',
    cidrs: lineage.cidrs,
    ports: [Number(port) || (protocol === 'https:' ? 443 : 80)],
  };
}
