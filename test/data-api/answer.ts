import fs from 'node:fs';
import { Scene } from './scene';

/**
 * Has the data API answer of rows of the presentation layer: node bin/run.js test/data-api/answer.ts <rows.csv
 *
 * Columns are zone, hour, trips, revenue, mean_duration_s, mean_speed_kmh and pickup_date, without a heading. Prints a line
 * of JSON: what a steward and a member of the team `analytics` are told of each zone, what the latter is told of revenue, and
 * the status for a bad token.
 */
async function main(): Promise<void> {
  const scene = await Scene.start(
    `copy lake.trips_hourly from stdin with (format csv);\n${fs.readFileSync(0, 'utf8')}\\.\n`,
  );
  try {
    const zones = { dimensions: ['trips.zone'], order: { 'trips.zone': 'asc' } };
    const trips = { ...zones, measures: ['trips.trips'] };
    const all = { ...zones, measures: ['trips.trips', 'trips.revenue'] };
    const steward = scene.issuer.token({ sub: 'a-steward', groups: ['data-stewards'] });
    const analyst = scene.issuer.token({ sub: 'an-analyst', groups: ['analytics'] });
    const told = {
      steward: await scene.rowsOf(steward, all),
      analyst: await scene.rowsOf(analyst, trips),
      revenue: await scene.rowsOf(analyst, { measures: ['trips.revenue'] }),
      refused: (await scene.load(`${steward}x`, trips)).status,
    };
    console.log(JSON.stringify(told));
  } finally {
    await scene.stop();
  }
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
