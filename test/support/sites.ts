import { loadOverlay, siteNames } from '../../cli/overlays';
import { type Synthesis, synthesize } from '../../core/synth';
import { program } from '../../program';

/** Every site of overlays/, rendered. */
export const sites: ReadonlyMap<string, Synthesis> = new Map(
  siteNames(program.root).map((site) => {
    const overlay = loadOverlay(program.root, site, (file) => require(file));
    return [site, synthesize(site, overlay, program.platform)];
  }),
);
