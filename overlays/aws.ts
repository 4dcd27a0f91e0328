import type { Settings } from '../charts';
import { aws } from '../clouds/aws';
import { defineOverlay } from '../core/overlay';

export default defineOverlay<Settings>({
  cloud: aws({ region: 'eu-central-1', account: '111122223333', cluster: 'lakeport' }),
  domain: 'lake.example.com',
  git: { repository: 'https://github.com/example/lakeport.git' },
  // Names of buckets are shared by all accounts of the world.
  buckets: { prefix: 'example-lake-eu-central-1' },
  registry: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/lake',
  teams: [{ name: 'ingestion' }, { name: 'analytics' }, { name: 'science' }],
  // Dashboards of analysts over tables that jobs load each night.
  serving: {
    volume: '500Gi',
    ingest: { amount: '20Gi', every: 'day' },
    arrival: 'batch',
    responseMs: 2_000,
    queriesPerSecond: 20,
    access: ['aggregation', 'joins'],
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
