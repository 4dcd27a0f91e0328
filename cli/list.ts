import { placementName } from '../core/placement';
import { colors } from './colors';
import type { Program } from './program';
import { settingsOf } from './schema';
import { synthesizeSites } from './sites';
import { table } from './table';

/** Prints every component, what it can be set to and where its pods run; for a site, also its waves. */
export function list(program: Program, site: string | undefined, json: boolean): void {
  const synthesis = site === undefined ? undefined : synthesizeSites(program, [site]).get(site)?.synthesis;
  const components = program.platform.components.map((component) => ({
    name: component.name,
    summary: component.summary,
    pods: Object.fromEntries(
      Object.entries(component.pods).map(([role, where]) => [role, placementName(where)]),
    ),
    settings: settingsOf(component.settings),
    ...(synthesis
      ? {
          on: synthesis.model.site.isOn(component.name),
          wave: synthesis.order.waves.get(component.name),
          after: synthesis.order.edges
            .filter(({ from }) => from === component.name)
            .map(({ to, reason }) => ({ component: to, reason })),
        }
      : {}),
  }));
  if (json) {
    console.log(JSON.stringify({ site, components }, undefined, 2));
    return;
  }
  const head = ['component', ...(synthesis ? ['wave', 'comes after'] : []), 'what it is', 'pods'];
  const rows = components.map(({ name, summary, pods, wave, after, on }) => [
    colors.bold(name),
    ...(synthesis ? [on ? String(wave) : 'off', (after ?? []).map((each) => each.component).join(', ')] : []),
    summary,
    Object.entries(pods)
      .map(([role, where]) => `${role}: ${where}`)
      .join(', '),
  ]);
  console.log(table(head, rows, { right: ['wave'] }));
  for (const { name, settings } of synthesis ? [] : components) {
    if (settings.length === 0) continue;
    console.log(`\n${colors.bold(name)} can be set:`);
    console.log(
      table(
        ['  setting', 'type', 'default', 'meaning'],
        settings.map(({ path, type, default: value, description, required }) => [
          `  ${path}`,
          type,
          required ? 'required' : value === undefined ? '' : JSON.stringify(value),
          description,
        ]),
      ),
    );
  }
}
