import { extendOverlay, type Overlay } from '../../core/overlay';
import { synthesize } from '../../core/synth';
import { program } from '../../program';

/**
 * Prints the objects in the namespace of the first team of overlays/onprem.ts as JSON. The first argument is settings
 * of Spark, as JSON.
 */
const [given = '{}'] = process.argv.slice(2);
const base = (program.load(`${program.root}/overlays/onprem.ts`) as { default: Overlay }).default;
const overlay = extendOverlay<Readonly<Record<string, unknown>>>(base, {
  components: { spark: JSON.parse(given) },
});
const { model } = synthesize('onprem', overlay, program.platform);
const [team] = model.site.teams;
const manifests = model.entries
  .map(({ manifest }) => manifest)
  .filter(({ metadata }) => metadata.namespace === team?.namespace);
console.log(JSON.stringify(manifests));
