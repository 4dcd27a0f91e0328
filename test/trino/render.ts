// Prints as JSON what lakeport renders for Trino: node bin/run.js test/trino/render.ts
import { siteNames } from '../../cli/overlays';
import { program } from '../../program';
import { filesOf, trinoSite } from '../support/queried';

const sites = siteNames(program.root);
/** As small as it starts. */
const SMALL = {
  coordinator: { cpu: '1', memory: '2Gi' },
  worker: { cpu: '1', memory: '2Gi', cache: '1Gi', spill: '1Gi' },
} as const;
const site = trinoSite({
  ...SMALL,
  members: { analytics: ['alice'] },
  schemas: [{ name: 'medallion', owner: 'ingestion', readers: ['analytics'] }],
  oidc: { issuer: 'https://login.example.com/realms/lake' },
});
const catalogs = sites.map((name) => [name, filesOf(trinoSite(SMALL, name), 'trino-catalogs')]);
const exchanges = sites.map((name) => [
  name,
  filesOf(trinoSite(SMALL, name), 'trino-coordinator')['exchange-manager.properties'],
]);
process.stdout.write(
  JSON.stringify({
    coordinator: filesOf(site, 'trino-coordinator'),
    worker: filesOf(site, 'trino-worker'),
    rules: filesOf(site, 'trino-rules'),
    workerRules: filesOf(site, 'trino-worker-rules'),
    scripts: filesOf(site, 'trino-scripts'),
    catalogs: Object.fromEntries(catalogs),
    exchanges: Object.fromEntries(exchanges),
  }),
);
