import type { Proof } from '../proof';
import { accepted } from './accepted';
import { placed } from './placed';

/** Every proof, in the order in which they run. */
export const proofs: readonly Proof[] = [accepted, placed];
