import { extendOverlay, type Overlay } from '../../core/overlay';
import { synthesize } from '../../core/synth';
import { program } from '../../program';

/** Prints the objects of Cassandra of overlays/onprem.ts, with Cassandra turned on, as JSON. */
const base = (program.load(`${program.root}/overlays/onprem.ts`) as { default: Overlay }).default;
const { model } = synthesize(
  'onprem',
  extendOverlay<Readonly<Record<string, unknown>>>(base, {
    serving: undefined,
    components: { cassandra: {} },
  }),
  program.platform,
);
console.log(
  JSON.stringify(
    model.entries.filter(({ component }) => component === 'cassandra').map(({ manifest }) => manifest),
  ),
);
