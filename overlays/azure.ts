import type { Settings } from '../charts';
import { azure } from '../clouds/azure';
import { defineOverlay } from '../core/overlay';

export default defineOverlay<Settings>({
  cloud: azure({
    cluster: 'lakeport',
    tenant: '00000000-0000-4000-8000-000000000001',
    client: '00000000-0000-4000-8000-000000000002',
    storageAccount: 'examplelakeeuwest',
    keyVault: { name: 'example-lake', client: '00000000-0000-4000-8000-000000000005' },
    dns: {
      subscription: '00000000-0000-4000-8000-000000000003',
      resourceGroup: 'example-dns',
      client: '00000000-0000-4000-8000-000000000004',
    },
  }),
  domain: 'lake.example.com',
  git: { repository: 'https://github.com/example/lakeport.git' },
  buckets: { prefix: 'lake' },
  registry: 'examplelake.azurecr.io/lake',
  teams: [{ name: 'ingestion' }, { name: 'analytics' }, { name: 'science' }],
  // Live boards over events that come all the time.
  serving: {
    volume: '150Gi',
    ingest: { amount: '2Gi', every: 'hour' },
    arrival: 'streaming',
    responseMs: 500,
    queriesPerSecond: 50,
    access: ['aggregation'],
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
      buckets: [{ name: 'landing', queue: 'lake-raw' }],
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
