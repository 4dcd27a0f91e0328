import colors from 'picocolors';
import { overlaySchema } from '../core/overlay';
import { placementName } from '../core/placement';
import { InputError } from '../core/problem';
import { didYouMean } from '../core/suggest';
import type { Program } from './program';
import { type Setting, settingsOf } from './schema';

/**
 * Prints what a component or a setting is.
 * @throws InputError where there is nothing of that name
 */
export function explain({ platform }: Program, what: string, json: boolean): void {
  const [name = '', ...rest] = what.split('.');
  const component = platform.components.find((each) => each.name === name);
  const settings = component ? settingsOf(component.settings) : settingsOf(overlaySchema);
  const path = component ? rest.join('.') : what;
  const chosen = path
    ? settings.filter((each) => each.path === path || each.path.startsWith(`${path}.`))
    : settings;
  if (path && chosen.length === 0) throw unknown(what, component?.name, settings, platform.components);
  const told = {
    ...(component
      ? {
          component: component.name,
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
  if (component) console.log(`${colors.bold(component)}: ${summary}`);
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
