import { mebibytes, parseQuantity } from '../../../core/quantity';
import type { Settings } from './settings';

/** Hub and proxy, what fetches images, and room that is kept. */
export function quotaOf({ placeholders, profiles }: Settings) {
  const cores = Math.max(...profiles.map((each) => each.cores));
  const memory = Math.max(...profiles.map((each) => parseQuantity(each.memory)));
  return {
    cpu: String(Math.ceil(4 + placeholders * cores)),
    memory: mebibytes(8 * 2 ** 30 + placeholders * memory),
    pods: 120 + placeholders,
  };
}
