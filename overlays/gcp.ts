import type { Settings } from '../charts';
import { gcp } from '../clouds/gcp';
import { defineOverlay } from '../core/overlay';

export default defineOverlay<Settings>({
  cloud: gcp({ project: 'example-lake-prod', cluster: 'lakeport' }),
  domain: 'lake.example.com',
  git: { repository: 'https://github.com/example/lakeport.git' },
  // Names of buckets are shared by all projects of the world.
  buckets: { prefix: 'example-lake-eu' },
  teams: [{ name: 'ingestion' }, { name: 'analytics' }, { name: 'science' }],
});
