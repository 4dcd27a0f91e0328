import path from 'node:path';
import type { Settings } from '../../charts';
import { loadOverlay } from '../../cli/overlays';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { synthesize } from '../../core/synth';
import { program } from '../../program';

/** Prints the queues of a site of overlays/, with queues turned on. */
const [site = 'aws'] = process.argv.slice(2);
const overlay = loadOverlay(path.join(program.root), site, (file) => require(file)) as Overlay<Settings>;
const { model } = synthesize(
  site,
  extendOverlay(overlay, { components: { spark: { queues: {} } } }),
  program.platform,
);
const conf = model.entries.find(({ manifest }) => manifest.metadata.name === 'yunikorn-configs');
// A ConfigMap has texts.
process.stdout.write((conf?.manifest.data as Record<string, string> | undefined)?.['queues.yaml'] ?? '');
