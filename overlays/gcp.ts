import type { Settings } from '../charts';
import { gcp } from '../clouds/gcp';
import { defineOverlay } from '../core/overlay';

export default defineOverlay<Settings>({
  cloud: gcp({
    project: 'example-lake-prod',
    cluster: 'lakeport',
    // The default account of Compute Engine may do far more than a node needs.
    nodeAccount: 'lakeport-node@example-lake-prod.iam.gserviceaccount.com',
  }),
  domain: 'lake.example.com',
  git: { repository: 'https://github.com/example/lakeport.git' },
  // Names of buckets are shared by all projects of the world.
  buckets: { prefix: 'example-lake-eu' },
  registry: 'europe-west1-docker.pkg.dev/example-lake-prod/lake',
  teams: [{ name: 'ingestion' }, { name: 'analytics' }, { name: 'science' }],
  // An application that asks for one row, thousands of times a second.
  serving: {
    volume: '20Gi',
    ingest: { amount: '1Gi', every: 'day' },
    arrival: 'streaming',
    responseMs: 50,
    queriesPerSecond: 2_000,
    access: ['key-lookup'],
    updates: true,
  },
  components: {
    tables: {
      // What the pipeline `medallion` writes.
      tables: [
        { format: 'iceberg', name: 'medallion.trips', team: 'ingestion', mutexes: ['medallion'] },
        {
          format: 'delta',
          bucket: 'curated',
          path: 'medallion/trips',
          team: 'ingestion',
          mutexes: ['medallion'],
        },
        {
          format: 'delta',
          bucket: 'presentation',
          path: 'medallion/trips',
          team: 'ingestion',
          mutexes: ['medallion'],
        },
      ],
    },
    kafka: { topics: [{ team: 'ingestion', name: 'arrivals' }] },
    'argo-events': {
      calendars: [{ name: 'weekly', schedule: '30 4 * * 0' }],
      topics: [{ name: 'arrivals', topic: 'arrivals' }],
      buckets: [{ name: 'landing', queue: 'lakeport-raw' }],
    },
    jupyterhub: { oidc: { issuer: 'https://login.example.com/realms/lake' } },
    'data-api': {
      oidc: {
        issuer: 'https://login.example.com/realms/lake',
        jwks: 'https://login.example.com/realms/lake/protocol/openid-connect/certs',
      },
      roles: { steward: ['data-stewards'] },
      rows: { analytics: { zone: [1, 2, 3, 4, 5] } },
      postgres: { host: 'marts.example.com', database: 'marts', cidrs: ['10.0.0.0/16'] },
    },
  },
});
