import type { Proof } from '../proof';
import { accepted } from './accepted';
import { admission } from './admission';
import { controllers } from './controllers';
import { drills } from './drills';
import { events } from './events';
import { notebooks } from './notebooks';
import { placed } from './placed';
import { scale } from './scale';
import { small } from './small';
import { synced } from './synced';

/** Every proof, in the order in which they run. */
export const proofs: readonly Proof[] = [
  accepted,
  placed,
  admission,
  controllers,
  notebooks,
  events,
  small,
  synced,
  drills,
  scale,
];
