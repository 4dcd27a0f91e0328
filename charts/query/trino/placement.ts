import type { Cloud } from '../../../core/cloud';
import { eitherOf, type MixedPlacement, mixed, type Placement, placementName } from '../../../core/placement';
import { InputError } from '../../../core/problem';
import { fixed, type Scale } from '../../../core/scale';
import type { Settings } from './settings';

const SPLITS = [mixed(1 / 2), mixed(2 / 3), mixed(3 / 4), mixed(4 / 5)] as const;

const splitRole = (split: MixedPlacement): string => `worker-${placementName(split)}`;

/** Roles of workers and where each runs; a site has one of them, or two where its nodes have no slots. */
export const WORKERS: Readonly<Record<string, Placement>> = {
  'worker-spot': 'spot',
  'worker-regular': 'on-demand',
  'worker-spot-preferred': 'spot-preferred',
  ...Object.fromEntries(SPLITS.map((split) => [splitRole(split), split])),
};

/** Workers of one role. */
export interface WorkerSet {
  readonly role: string;
  readonly replicas: Scale;
}

/**
 * The workers of a site: one Deployment whose replicas are split over the slots of nodes. Where nodes have none, two:
 * the regular part stays, the spot part is scaled.
 * @throws InputError for a share that cannot be had
 */
export function workerSets(cloud: Cloud, { spotShare, workers }: Settings): readonly WorkerSet[] {
  if (spotShare === 1) return [{ role: 'worker-spot', replicas: workers }];
  if (spotShare === 0) return [{ role: 'worker-spot-preferred', replicas: workers }];
  const split = splitOf(spotShare);
  if (!eitherOf(cloud.capacity).withoutSlots) return [{ role: splitRole(split), replicas: workers }];
  const regular = Math.max(1, Math.floor((workers.typical * split.regular) / (split.regular + split.spot)));
  const spot = workers.typical - regular;
  if (spot < 1 || spot / workers.typical < spotShare - 1e-9) {
    const needed = split.regular + split.spot;
    throw new InputError([
      {
        field: 'spotShare',
        found: spotShare,
        message: `cannot be had of ${workers.typical} workers at the working load on ${cloud.name}: one of them is regular`,
        remedy: `write ${needed} or more for workers.typical, or a smaller share, or 1 for spot workers alone`,
      },
    ]);
  }
  return [
    {
      role: 'worker-regular',
      replicas: fixed(
        regular,
        'its nodes have no slots to split replicas over; those on spot nodes are scaled',
      ),
    },
    {
      role: 'worker-spot',
      replicas: { min: Math.max(1, workers.min - regular), typical: spot, max: workers.max - regular },
    },
  ];
}

function splitOf(share: number): MixedPlacement {
  try {
    return mixed(share);
  } catch {
    throw new InputError([
      {
        field: 'spotShare',
        found: share,
        message: 'is above 0.8, the largest that keeps a regular worker for when there is no spot capacity',
        remedy: 'write 0.8 or less, or 1 for spot workers alone',
      },
    ]);
  }
}
