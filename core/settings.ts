import { bucketProblems } from './bucket-problems';
import type { Component } from './component';
import { issuesToProblems } from './issues';
import { isOverlay, overlaySchema, type ResolvedOverlay } from './overlay';
import { InputError, type Problem } from './problem';
import { hint } from './suggest';

/** An overlay with the components that are on and their completed settings. */
export interface ResolvedSite {
  readonly overlay: ResolvedOverlay;
  readonly components: readonly { readonly component: Component; readonly settings: unknown }[];
}

/**
 * Checks an overlay and completes it with defaults.
 * @throws InputError with every problem of the overlay at once
 */
export function resolveOverlay(site: string, value: unknown, components: readonly Component[]): ResolvedSite {
  if (!isOverlay(value)) {
    const message = 'the file does not export an overlay';
    const remedy = 'write `export default defineOverlay({ … })`';
    throw new InputError([{ site, field: 'export default', found: value, message, remedy }]);
  }
  const parsed = overlaySchema.safeParse(value);
  if (!parsed.success) throw new InputError(issuesToProblems({ site }, parsed.error, value, overlaySchema));
  const overlay = parsed.data;
  const problems = [
    ...duplicateTeams(site, overlay),
    ...bucketProblems(overlay.cloud, overlay.buckets).map((problem) => ({ site, ...problem })),
    ...unknownComponents(site, overlay, components),
  ];
  const resolved = components.flatMap((component) => {
    const found = overlay.components[component.name];
    if (found === false) {
      const { name, indispensable } = component;
      if (indispensable)
        problems.push({ site, ...turnedOff(name), message: `cannot be turned off: ${indispensable}` });
      return [];
    }
    const settings = component.settings.safeParse(found ?? {});
    if (settings.success) return [{ component, settings: settings.data }];
    const where = { site, component: component.name };
    problems.push(...issuesToProblems(where, settings.error, found, component.settings));
    return [];
  });
  if (problems.length > 0) throw new InputError(problems);
  return { overlay, components: resolved };
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
