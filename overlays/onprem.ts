import type { Settings } from '../charts';
import { onprem } from '../clouds/onprem';
import { defineOverlay } from '../core/overlay';

/** A cluster of your own: nothing outside it is needed. */
export default defineOverlay<Settings>({
  cloud: onprem(),
  domain: 'lake.example.internal',
  git: { repository: 'https://git.example.internal/platform/lakeport.git' },
  buckets: { prefix: 'lake' },
  teams: [{ name: 'ingestion' }, { name: 'analytics' }, { name: 'science' }],
  // Boards over events, chosen by name: everything but the volumes is in the store of the site.
  serving: {
    database: 'druid',
    volume: '50Gi',
    ingest: { amount: '500Mi', every: 'hour' },
    arrival: 'streaming',
    responseMs: 1_000,
    queriesPerSecond: 10,
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
      buckets: [{ name: 'landing' }],
    },
    jupyterhub: { image: 'registry.example.internal/lake/notebook:4.1.3' },
    'data-api': {
      oidc: {
        issuer: 'https://login.example.internal/realms/lake',
        jwks: 'https://login.example.internal/realms/lake/protocol/openid-connect/certs',
      },
      roles: { steward: ['data-stewards'] },
      rows: { analytics: { zone: [1, 2, 3, 4, 5] } },
      postgres: { host: 'marts.example.internal', database: 'marts', cidrs: ['10.0.0.0/16'] },
    },
  },
});
