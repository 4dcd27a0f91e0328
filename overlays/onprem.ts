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
  components: { jupyterhub: { image: 'registry.example.internal/lake/notebook:4.1.3' } },
});
