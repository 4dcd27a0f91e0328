import fs from 'node:fs';
import path from 'node:path';
import { load, loadAll } from 'js-yaml';
import type { Manifest } from '../../core/manifest';
import { InputError } from '../../core/problem';
import type { Upstream } from '../../core/upstream';
import { type JsonValue, toYaml } from '../../core/yaml';
import { cacheFolder } from '../cluster/cache';
import { run } from '../cluster/shell';

/** A chart of a publisher, as a component asks for it. */
export type ChartUpstream = Extract<Upstream, { kind: 'chart' }>;

/** A chart with what it renders. */
export interface RenderedChart {
  readonly manifests: readonly Manifest[];
  /** The chart's own defaults of all values. */
  readonly defaults: JsonValue;
  /** Whether the chart says what its values may be, so that Helm itself refuses unknown ones. */
  readonly hasSchema: boolean;
}

/**
 * Renders a chart with our values, as Argo CD does.
 * @param kubernetes version of the cluster that the chart is told
 * @param helm path of the program, version 4
 * @throws Error with Helm's words where it cannot be had or refuses the values
 */
export async function renderChart(
  upstream: ChartUpstream,
  kubernetes: string,
  helm: string,
): Promise<RenderedChart> {
  const folder = await folderOf(upstream, helm);
  const args = ['template', upstream.name, folder, '--namespace', upstream.namespace, '--values', '-'];
  const options = [
    '--kube-version',
    kubernetes,
    ...(upstream.skipCrds ? ['--skip-crds'] : ['--include-crds']),
  ];
  const text = await run(helm, [...args, ...options], { input: toYaml(upstream.values) });
  const manifests: Manifest[] = [];
  // A file whose condition does not hold renders an empty document.
  loadAll(text, (document) => document && manifests.push(document as Manifest));
  return {
    manifests,
    defaults: load(fs.readFileSync(path.join(folder, 'values.yaml'), 'utf8')) as JsonValue,
    hasSchema: fs.existsSync(path.join(folder, 'values.schema.json')),
  };
}

/** Where a chart lies: in the folder LAKEPORT_CHARTS, else where it was unpacked from its publisher. */
async function folderOf(upstream: ChartUpstream, helm: string): Promise<string> {
  const { chart, version, repository } = upstream;
  const given = process.env.LAKEPORT_CHARTS;
  if (given) {
    const folder = path.join(given, chart);
    if (fs.existsSync(folder)) return folder;
    const remedy = `put ${chart} ${version} there, or unset it to download charts`;
    throw new InputError([
      { field: 'LAKEPORT_CHARTS', found: given, message: `there is no chart ${chart} in it`, remedy },
    ]);
  }
  const target = path.join(cacheFolder(), 'charts', `${chart}-${version}`);
  if (!fs.existsSync(target)) {
    const partial = `${target}.${process.pid}`;
    const from = repository.includes('://')
      ? [chart, '--repo', repository]
      : [`oci://${repository}/${chart}`];
    try {
      await run(helm, ['pull', ...from, '--version', version, '--untar', '--untardir', partial]);
      fs.renameSync(partial, target);
    } catch (error) {
      const remedy = 'connect to the network, or set LAKEPORT_CHARTS to a folder with the charts';
      const message = `could not be had: ${error instanceof Error ? error.message : String(error)}`;
      throw new InputError([{ field: `chart ${chart} ${version}`, message, remedy }]);
    } finally {
      fs.rmSync(partial, { recursive: true, force: true });
    }
  }
  return path.join(target, chart);
}
