import type { Settings } from '../../charts';
import { loadOverlay, siteNames } from '../../cli/overlays';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { render, type Synthesis, synthesize } from '../../core/synth';
import { program } from '../../program';

const { root, platform } = program;
const overlays = () =>
  siteNames(root).map((site) => {
    // What is no overlay is refused by those who render it.
    const overlay = loadOverlay(root, site, (file) => require(file)) as Overlay;
    return { site, overlay };
  });

/** Every site of overlays/, rendered. */
export const wholeSites = (): ReadonlyMap<string, Synthesis> =>
  new Map(overlays().map(({ site, overlay }) => [site, synthesize(site, overlay, platform)]));

type Name = keyof Settings;

/**
 * Every site of overlays/ with these components and the indispensable ones alone, without the rules: for tests of what is peculiar to one, whose
 * time shall not grow with the others.
 * @throws InputError where one of them needs a component that is not named
 */
export function sitesWith(...names: readonly Name[]): ReadonlyMap<string, Synthesis> {
  const on = new Set<string>(names);
  const components = Object.fromEntries(
    platform.components.flatMap(({ name, indispensable, optional }): [string, false | object][] => {
      if (!on.has(name)) return indispensable ? [] : [[name, false]];
      return optional ? [[name, {}]] : [];
    }),
  );
  return new Map(
    overlays().map(({ site, overlay }) => [
      site,
      render(site, extendOverlay(overlay, { serving: undefined, components }), platform),
    ]),
  );
}
