import { ApiObject, App } from 'cdk8s';
import { ComponentChart, type Recorded } from './chart';
import type { Component } from './component';
import { labelsOf } from './labels';
import type { Manifest } from './manifest';
import { type Entry, type OwnedKind, SiteModel } from './model';
import type { OwnedNamespace } from './namespace';
import { networkPolicies } from './network';
import { type Order, order } from './order';
import type { Platform } from './platform';
import { InputError, type Problem } from './problem';
import { rules } from './rules';
import type { Advice } from './serving';
import { type ResolvedSite, resolveOverlay } from './settings';
import { type Site, siteFacts } from './site';

/** A site as it is rendered, before anything is written. */
export interface Synthesis {
  readonly model: SiteModel;
  readonly order: Order;
  /** What the delivery wrote: its folder, and objects by file name. */
  readonly delivery: { readonly folder: string; readonly files: ReadonlyMap<string, Manifest> };
  /** The database that serves, and why; undefined where the overlay does not say what it needs. */
  readonly advice: Advice | undefined;
}

/**
 * Renders a site: a pure function of the overlay and the platform.
 * @throws InputError where the overlay does not validate, components do not fit together or a rule is broken
 */
export function synthesize(name: string, overlay: unknown, platform: Platform): Synthesis {
  const synthesis = render(name, overlay, platform);
  const problems = check(synthesis.model);
  if (problems.length > 0) throw new InputError(problems);
  return synthesis;
}

/** Every rule over every object of a site. */
export const check = (model: SiteModel): Problem[] =>
  rules.flatMap(({ check: broken }) =>
    broken(model).map((problem) => ({ ...problem, site: model.site.name })),
  );

/** The same as {@link synthesize} without the rules, for those who check objects read from elsewhere. */
export function render(name: string, overlay: unknown, platform: Platform): Synthesis {
  const resolved = resolveOverlay(name, overlay, platform);
  const site = siteOf(name, resolved);
  const app = new App();
  const recorded = new Map<string, Recorded>();
  const keeper = platform.components.find(({ bringsKeys }) => bringsKeys);
  const charts = resolved.components.map(({ component, settings }) => {
    const labels = (role: string) => labelsOf(component, role);
    const chart = new ComponentChart(app, component.name, site, component.pods, labels);
    attempt(site, component, () => component.build(chart, site, settings));
    if (keeper && chart.recorded.keys.length > 0) chart.recorded.needs.add(keeper.name);
    recorded.set(component.name, chart.recorded);
    return { component, chart, settings };
  });
  for (const { component, chart, settings } of charts) {
    attempt(site, component, () => component.complete?.(chart, site, recorded, settings));
  }
  const entries: Entry[] = charts.flatMap(({ component, chart }) =>
    manifestsOf(chart).map((manifest) => ({ component: component.name, manifest })),
  );
  const components = resolved.components.map(({ component }) => component);
  missingComponents(site, recorded, platform);
  const byName = new Map(platform.components.map((component) => [component.name, component]));
  entries.push(
    ...networkPolicies(site, recorded, ({ component: name, role }) =>
      labelsOf(byName.get(name) ?? { name }, role),
    ),
  );
  const kinds = kindsOf(components, platform);
  const externals = [
    ...[...recorded.values()].flatMap((each) => each.externals),
    ...platform.delivery.externals,
  ];
  const undelivered = new SiteModel(site, components, recorded, kinds, externals, entries);
  const ordered = order(undelivered);
  const { name: folder } = platform.delivery;
  const files = platform.delivery.deliver(app, undelivered, ordered);
  const delivered = [...files.values()].map((manifest) => ({ component: folder, manifest }));
  return {
    model: undelivered.with([...entries, ...delivered]),
    order: ordered,
    delivery: { folder, files },
    advice: resolved.advice,
  };
}

function siteOf(name: string, { overlay, components }: ResolvedSite): Site {
  const facts = siteFacts(name, overlay);
  const namespaces: OwnedNamespace[] = components.flatMap(({ component, settings }) =>
    component.namespaces(facts, settings).map((request) => ({ ...request, component: component.name })),
  );
  const on = new Set<string>(components.map(({ component }) => component.name));
  return { ...facts, namespaces, isOn: (component) => on.has(component) };
}

/** Objects of a chart or of any other construct, as they are written. */
export function manifestsOf(scope: ComponentChart): Manifest[] {
  return scope.node
    .findAll()
    .filter((construct) => ApiObject.isApiObject(construct))
    .map((object) => object.toJson() as Manifest);
}

/** Runs a component; what it refuses is told with its name. */
function attempt(site: Site, component: Component, build: () => void): void {
  try {
    build();
  } catch (error) {
    const where = { site: site.name, component: component.name };
    if (error instanceof InputError) {
      throw new InputError(error.problems.map((problem) => ({ ...where, ...problem })));
    }
    if (error instanceof RangeError) {
      throw new InputError([
        { ...where, message: error.message, remedy: 'change the setting that leads to it' },
      ]);
    }
    throw error;
  }
}

/** What a component connects to must be part of the site. */
function missingComponents(site: Site, recorded: ReadonlyMap<string, Recorded>, platform: Platform): void {
  const known = new Set<string>(platform.components.map(({ name }) => name));
  const optional = new Set(platform.components.flatMap((each) => (each.optional ? [each.name] : [])));
  const problems = [...recorded].flatMap(([component, { needs }]) =>
    [...needs]
      .filter((need) => !site.isOn(need))
      .map((need) => ({
        site: site.name,
        component,
        field: `components.${need}`,
        found: known.has(need) ? false : undefined,
        message: known.has(need)
          ? `${component} needs ${need}, which overlay ${site.name} ${optional.has(need) ? 'does not turn on' : 'turns off'}`
          : `${component} needs ${need}, which is no component of this platform`,
        remedy: `turn ${need} on, or turn ${component} off as well`,
      })),
  );
  if (problems.length > 0) throw new InputError(problems);
}

function kindsOf(components: readonly Component[], platform: Platform): Map<string, OwnedKind> {
  const brought = [...components, platform.delivery].flatMap(({ name, apis = [] }) =>
    apis.flatMap(({ group, kinds }) =>
      Object.entries(kinds).map(
        ([kind, facts]) => [`${group}/${kind}`, { ...facts, component: name }] as const,
      ),
    ),
  );
  return new Map(brought);
}
