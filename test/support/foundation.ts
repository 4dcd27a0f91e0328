import { certificates } from '../../charts/foundation/certificates';
import { secrets } from '../../charts/foundation/secrets';
import { autoscaling } from '../../charts/operations/autoscaling';
import type { ComponentChart } from '../../core/chart';
import type { Manifest } from '../../core/manifest';
import type { Overlay } from '../../core/overlay';
import { serverComponent, synth } from '../support/platform';

/** A site with what the rest leans on, and a component that does something with it. */
export const leaning = (also: (chart: ComponentChart) => void, changes: Partial<Overlay> = {}) =>
  synth(
    [secrets, certificates, autoscaling, serverComponent('shop', { roles: { consumer: 'spot' }, also })],
    {
      // A single server is no lake.
      spotFloor: 0,
      ...changes,
    },
  );

/** The object of a kind and name that the component wrote. */
export function objectOf({ model }: ReturnType<typeof leaning>, kind: string, name: string): Manifest {
  const found = model.entries.find(
    ({ manifest }) => manifest.kind === kind && manifest.metadata.name === name,
  );
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found.manifest;
}
