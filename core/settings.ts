import { bucketProblems } from './bucket-problems';
import type { Component } from './component';
import { issuesToProblems } from './issues';
import { isOverlay, overlaySchema, type ResolvedOverlay, withDefaults } from './overlay';
import type { Platform } from './platform';
import { InputError, type Problem } from './problem';
import type { Advice } from './serving';
import { servingProblems } from './serving-problems';
import { hint } from './suggest';

/** An overlay with the components that are on and their completed settings. */
export interface ResolvedSite {
  readonly overlay: ResolvedOverlay;
  readonly components: readonly { readonly component: Component; readonly settings: unknown }[];
  /** The database that serves, and why; undefined where the overlay does not say what it needs. */
  readonly advice: Advice | undefined;
}

/**
 * Checks an overlay and completes it with defaults.
 * @throws InputError with every problem of the overlay at once
 */
export function resolveOverlay(
  site: string,
  value: unknown,
  { components, serving }: Pick<Platform, 'components' | 'serving'>,
): ResolvedSite {
  if (!isOverlay(value)) {
    const message = 'the file does not export an overlay';
    const remedy = 'write `export default defineOverlay({ … })`';
    throw new InputError([{ site, field: 'export default', found: value, message, remedy }]);
  }
  const parsed = overlaySchema.safeParse(value);
  if (!parsed.success) throw new InputError(issuesToProblems({ site }, parsed.error, value, overlaySchema));
  const overlay = parsed.data;
  const off = new Set(Object.keys(overlay.components).filter((name) => overlay.components[name] === false));
  // Who turns all of them off wants none, also where the overlay that this one extends asks for one.
  const none = serving?.databases.every((name) => off.has(name)) ?? false;
  const needs = none ? undefined : overlay.serving;
  const advice = needs && serving?.advise(needs, off);
  const problems = [
    ...duplicateTeams(site, overlay),
    ...bucketProblems(overlay.cloud, overlay.buckets).map((problem) => ({ site, ...problem })),
    ...unknownComponents(site, overlay, components),
    ...(needs ? servingProblems(needs, serving, advice, off) : []).map((problem) => ({
      site,
      ...problem,
    })),
  ];
  const resolved = components.flatMap((component) => {
    const { name, indispensable, optional } = component;
    const found = overlay.components[name];
    if (found === false) {
      if (indispensable)
        problems.push({ site, ...turnedOff(name), message: `cannot be turned off: ${indispensable}` });
      return [];
    }
    const advised = advice?.chosen?.component === name ? advice.chosen.settings : undefined;
    if (optional && found === undefined && advised === undefined) return [];
    const settings = component.settings.safeParse(withDefaults(advised, found ?? {}));
    if (settings.success) return [{ component, settings: settings.data }];
    const where = { site, component: name };
    problems.push(...issuesToProblems(where, settings.error, found, component.settings));
    return [];
  });
  if (problems.length > 0) throw new InputError(problems);
  return { overlay, components: resolved, advice };
}

function duplicateTeams(site: string, { teams }: ResolvedOverlay): Problem[] {
  const names = teams.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) < index);
  return twice.map((found) => ({
    site,
    field: `teams[${names.lastIndexOf(found)}].name`,
    found,
    message: 'two teams have this name, and so would share a namespace',
    remedy: 'give each team a name of its own',
  }));
}

function unknownComponents(
  site: string,
  overlay: ResolvedOverlay,
  components: readonly Component[],
): Problem[] {
  const known = components.map(({ name }) => name);
  return Object.keys(overlay.components)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      site,
      field: `components.${name}`,
      found: name,
      message: 'there is no such component',
      remedy: hint(name, known),
    }));
}

const turnedOff = (name: string) => ({
  component: name,
  field: `components.${name}`,
  found: false,
  remedy: 'leave it on',
});
