import type { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { InputError } from '../../../core/problem';
import type { Mount } from '../../../core/workload';
import { certificate } from '../../foundation/certificates';
import { postgresOf } from './postgres';
import { druidOf, starrocksOf } from './serving';
import type { Settings } from './settings';
import { SOURCES, type Source, type SourceName } from './source';
import { trinoOf } from './trino';

export interface Sources {
  readonly names: readonly SourceName[];
  readonly env: readonly k8s.EnvVar[];
  readonly mounts: readonly Mount[];
  /** Type of the database behind each name, and the certificate by which it is asked, where it asks for one. */
  readonly drivers: Readonly<Record<string, Driver>>;
}

export interface Driver {
  readonly type: string;
  readonly client?: { readonly cert: string; readonly key: string };
}

/** Secret with the authority inside the cluster, and no key that opens anything. */
const AUTHORITY = { name: 'authority', key: 'ca.crt', path: '/etc/authority' } as const;

/** How each is connected; undefined where it is off. */
const CONNECT: Readonly<
  Record<SourceName, (chart: ComponentChart, settings: Settings) => Source | undefined>
> = { starrocks: starrocksOf, druid: druidOf, postgres: postgresOf, trino: trinoOf };

/**
 * Connects what is on. Every source has a name of its own; the first is also called `default`.
 * @throws InputError where none is on, or the one that shall be first is not
 */
export function sourcesOf(chart: ComponentChart, settings: Settings): Sources {
  const found = SOURCES.flatMap((name) => {
    const source = CONNECT[name](chart, settings);
    return source ? [{ name, source }] : [];
  });
  const names = found.map(({ name }) => name);
  const first = settings.default ? found.find(({ name }) => name === settings.default) : found[0];
  if (!first) throw new InputError([settings.default ? isOff(settings.default, names) : allOff]);
  const authority = found.some(({ source }) => source.internal) ? writeAuthority(chart) : undefined;
  const all = [{ name: 'default', source: first.source }, ...found];
  return {
    names,
    drivers: Object.fromEntries(all.map(({ name, source }) => [name, driverOf(source)])),
    env: [
      { name: 'CUBEJS_DATASOURCES', value: all.map(({ name }) => name).join(',') },
      ...all.flatMap(({ name, source }) => variables(name, source)),
      ...(authority?.env ?? []),
    ],
    mounts: [...found.flatMap(({ source }) => source.mounts ?? []), ...(authority?.mounts ?? [])],
  };
}

/** Has drivers believe servers inside the cluster: one of them believes what Node.js does, and is told nothing else. */
function writeAuthority(chart: ComponentChart): Pick<Sources, 'env' | 'mounts'> {
  const { name, key, path } = AUTHORITY;
  certificate(chart, { secret: name, commonName: 'lakeport data API' });
  return {
    env: [{ name: 'NODE_EXTRA_CA_CERTS', value: `${path}/${key}` }],
    mounts: [{ name, path, source: { secret: { secretName: name, items: [{ key, path: key }] } } }],
  };
}

const driverOf = ({ env, client }: Source): Driver => ({
  type: String(env.DB_TYPE),
  ...(client ? { client } : {}),
});

const variables = (name: string, { env }: Source): k8s.EnvVar[] =>
  Object.entries(env).map(([key, value]) => ({
    name: name === 'default' ? `CUBEJS_${key}` : `CUBEJS_DS_${name.toUpperCase()}_${key}`,
    ...(typeof value === 'string' ? { value } : { valueFrom: value }),
  }));

const allOff = {
  message: 'has nothing to read from: every source is off',
  remedy:
    'turn starrocks or druid on, say as which team Trino is asked: trino: { team: "…" }, or name a server: postgres: { host: "…", database: "…", cidrs: ["…"] }',
};

const isOff = (name: SourceName, names: readonly SourceName[]) => ({
  field: 'default',
  found: name,
  message: 'is a source that is off',
  remedy: names.length > 0 ? `write one of: ${names.join(', ')}; or turn it on` : 'turn it on',
});
