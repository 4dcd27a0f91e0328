import type { Proof } from '../proof';
import { accepted } from './accepted';
import { controllers } from './controllers';
import { notebooks } from './notebooks';
import { placed } from './placed';
import { scale } from './scale';
import { small } from './small';
import { synced } from './synced';

/** Every proof, in the order in which they run. */
export const proofs: readonly Proof[] = [accepted, placed, controllers, notebooks, small, synced, scale];
