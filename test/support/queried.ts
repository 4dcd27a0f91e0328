import { z } from 'zod';
import type { Settings } from '../../charts';
import { hiveServer2, icebergCatalog, metastore } from '../../charts/query/hive/endpoints';
import { cql } from '../../charts/serving/cassandra/endpoints';
import { broker, router } from '../../charts/serving/druid/endpoints';
import { loadOverlay } from '../../cli/overlays';
import { component } from '../../core/component';
import type { Endpoint } from '../../core/endpoint';
import { extendOverlay, type Overlay } from '../../core/overlay';
import type { Platform } from '../../core/platform';
import { render, type Synthesis } from '../../core/synth';
import { program } from '../../program';

/** What answers at endpoints of a component that the platform does not have: nothing, but a site can be rendered. */
const standIn = (name: string, endpoints: readonly Endpoint[]) =>
  component({
    name,
    summary: `Stands in for ${name}`,
    settings: z.strictObject({}),
    pods: Object.fromEntries(endpoints.map(({ role }) => [role, 'on-demand'])),
    endpoints,
    namespaces: () => [{ name, quota: { cpu: '1', memory: '1Gi', pods: 1 } }],
    build() {},
  });

const own = program.platform.components;
const others = [
  standIn('hive', [metastore, icebergCatalog, hiveServer2]),
  standIn('druid', [router, broker]),
  standIn('cassandra', [cql]),
].filter(({ name }) => !own.some((each) => each.name === name));

/** The platform with everything that Trino can read from. */
export const queried: Platform = { ...program.platform, components: [...own, ...others] };

/** Everything that Trino needs or reads from. */
const NAMES: readonly string[] = [
  'namespaces',
  'node-pools',
  'secrets',
  'certificates',
  'postgres',
  'object-store',
  'autoscaling',
  'kafka',
  'hive',
  'druid',
  'cassandra',
  'trino',
];

/**
 * A site of overlays/ with Trino and what it reads from, without the rules.
 * @param off components that are turned off beside those that have nothing to do with it
 */
export function trinoSite(
  trino: Exclude<Settings['trino'], false>,
  base = 'aws',
  more: Partial<Overlay> = {},
  off: readonly string[] = [],
): Synthesis {
  // What is no overlay is refused by those who render it.
  const overlay = loadOverlay(program.root, base, (file) => require(file)) as Overlay;
  const without = queried.components
    .filter(({ name, indispensable }) => (!NAMES.includes(name) || off.includes(name)) && !indispensable)
    .map(({ name }) => [name, false]);
  // What a site has only where it says so.
  const asked = ['druid', 'cassandra'].filter((name) => !off.includes(name)).map((name) => [name, {}]);
  const components = { ...Object.fromEntries([...without, ...asked]), ...more.components, trino };
  return render('site', extendOverlay(overlay, { ...more, components }), queried);
}

/** The files of a ConfigMap of Trino, by name. */
export function filesOf({ model }: Synthesis, name: string): Readonly<Record<string, string>> {
  const found = model.find({ group: '', kind: 'ConfigMap', namespace: 'trino', name });
  // Written by charts/query/trino.
  return (found?.manifest.data ?? {}) as Record<string, string>;
}
