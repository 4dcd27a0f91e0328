import { mebibytes, parseQuantity } from '../../../core/quantity';
import type { Settings } from './settings';
import { FETCHING } from './warm';

/** As many as Kubernetes is made for in one cluster: https://kubernetes.io/docs/setup/best-practices/cluster-large */
const NODES = 5_000;

/** Hub and proxy, what fetches images on every node, and room that is kept. */
export function quotaOf({ placeholders, prepull, profiles }: Settings) {
  const cores = Math.max(...profiles.map((each) => each.cores));
  const memory = Math.max(...profiles.map((each) => parseQuantity(each.memory)));
  const fetching = prepull ? NODES : 0;
  return {
    cpu: String(Math.ceil(4 + placeholders * cores + fetching * parseQuantity(FETCHING.cpu))),
    memory: mebibytes(8 * 2 ** 30 + placeholders * memory + fetching * parseQuantity(FETCHING.memory)),
    pods: 20 + placeholders + fetching,
  };
}
