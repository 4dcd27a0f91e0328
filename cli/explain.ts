import { overlaySchema } from '../core/overlay';
import { placementName } from '../core/placement';
import { InputError } from '../core/problem';
import { didYouMean } from '../core/suggest';
import { colors } from './colors';
import type { Program } from './program';
import { type Setting, settingsAt, settingsOf } from './schema';

/**
 * Prints what a component or a setting is.
 * @throws InputError where there is nothing of that name, or where a site is named, whose settings are not told
 */
export function explain({ platform }: Program, what: string, sites: readonly string[], json: boolean): void {
  if (sites.length > 0) {
    const message = 'is the same for every site';
    const remedy = `write npx lakeport explain ${what}`;
    throw new InputError([{ field: what, found: sites.join(' '), message, remedy }]);
  }
  // «components.spark.executors» is what an overlay has, «spark.executors» what people say.
  const asked = what.replace(/^components\.(?=.)/, '');
  const [name = '', ...rest] = asked.split('.');
  const component = platform.components.find((each) => each.name === name);
  const path = component ? rest.join('.') : asked;
  const settings = component
    ? settingsOf(component.settings)
    : asked === what
      ? settingsOf(overlaySchema)
      : [];
  const chosen = path ? settingsAt(settings, path) : settings;
  if (path && chosen.length === 0) throw unknown(asked, component?.name, settings, platform.components);
  const told: Told = {
    ...(component ? { component: component.name } : {}),
    ...(component && !path
      ? {
          summary: component.summary,
          pods: Object.fromEntries(
            Object.entries(component.pods).map(([role, where]) => [role, placementName(where)]),
          ),
          endpoints: (component.endpoints ?? []).map(
            ({ service, port, scheme }) => `${scheme}://${service}:${port}`,
          ),
          apis: (component.apis ?? []).flatMap(({ group, kinds }) =>
            Object.keys(kinds).map((kind) => `${kind}.${group}`),
          ),
        }
      : {}),
    settings: chosen,
  };
  if (json) console.log(JSON.stringify(told, undefined, 2));
  else show(told);
}

function unknown(
  what: string,
  component: string | undefined,
  settings: readonly Setting[],
  components: Program['platform']['components'],
): InputError {
  const known = component
    ? settings.map(({ path }) => `${component}.${path}`)
    : [...components.map(({ name }) => name), ...settings.map(({ path }) => path)];
  const near = didYouMean(what, known);
  const message = component
    ? `${component} has no such setting`
    : 'there is no component or field of this name';
  const remedy = near ? `did you mean "${near}"?` : 'npx lakeport list shows what there is';
  return new InputError([{ field: what, message, remedy }]);
}

interface Told {
  readonly component?: string;
  readonly summary?: string;
  readonly pods?: Readonly<Record<string, string>>;
  readonly endpoints?: readonly string[];
  readonly apis?: readonly string[];
  readonly settings: readonly Setting[];
}

function show({ component, summary, pods = {}, endpoints = [], apis = [], settings }: Told): void {
  if (component) console.log(summary ? `${colors.bold(component)}: ${summary}` : colors.bold(component));
  for (const [role, where] of Object.entries(pods)) console.log(`  pods of ${role} run ${where}`);
  for (const each of endpoints) console.log(`  offers ${each}`);
  if (apis.length > 0) console.log(`  brings ${apis.join(', ')}`);
  for (const { path, type, description, default: value, required } of settings) {
    const state = required
      ? 'required'
      : value === undefined
        ? 'optional'
        : `default ${JSON.stringify(value)}`;
    console.log(`\n  ${colors.bold(path)} (${type}, ${state})`);
    if (description) console.log(`    ${description}`);
  }
}
