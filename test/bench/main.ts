import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { App, Chart, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { dump } from 'js-yaml';
import { loadOverlay, siteNames } from '../../cli/overlays';
import { table } from '../../cli/table';
import { fileText } from '../../core/dist';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { synthesize } from '../../core/synth';
import { treeOf } from '../../core/tree';
import { type JsonValue, toYaml } from '../../core/yaml';
import { program } from '../../program';
import { inFolder, paired, processTime, timed } from './measure';

const LAKEPORT = path.join(program.root, 'bin/lakeport.js');
const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const times = (value: number): string => `${value.toFixed(1)}×`;

/** (a) The whole program, cold, against the least that Node.js needs for the same result. */
function wholeSynth(): string {
  return inFolder((folder) => {
    const sites = siteNames(program.root).map((site) => {
      const overlay = loadOverlay(program.root, site, program.load);
      return { site, synthesis: synthesize(site, overlay, program.platform) };
    });
    const objects = sites.flatMap(({ synthesis }) => synthesis.model.entries.map(({ manifest }) => manifest));
    const files = sites.flatMap(({ site, synthesis }) =>
      [...treeOf(synthesis)].map(([file, text]) => [path.join(site, file), fileText(text)] as const),
    );
    const input = path.join(folder, 'floor.json');
    fs.writeFileSync(input, JSON.stringify({ objects, files }));
    const out = path.join(folder, 'out');
    const fresh = (run: () => number) => () => {
      fs.rmSync(out, { recursive: true, force: true });
      return run();
    };
    const result = paired(
      fresh(() => processTime('node', [LAKEPORT, 'synth', '--out', out])),
      fresh(() => processTime('node', [path.join(__dirname, 'floor.js'), input, out])),
    );
    const again = processTime('node', [LAKEPORT, 'synth', '--out', out]);
    return table(
      ['whole synth, four sites, new process', 'time', 'against the floor'],
      [
        [
          `lakeport synth: ${objects.length} objects, ${files.length} files`,
          ms(result.a),
          times(result.ratio),
        ],
        [
          'floor: node starts, JSON.stringify of the same objects, the same bytes written',
          ms(result.b),
          '1.0×',
        ],
        ['lakeport synth over its own result (nothing changed)', ms(again), times(again / result.b)],
      ],
      { right: ['time', 'against the floor'] },
    );
  });
}

/** A Deployment as charts make them. */
function deployments(count: number): JsonValue[] {
  const chart = new Chart(new App(), 'bench');
  return Array.from({ length: count }, (_, index) => {
    const labels = { app: `app-${index}` };
    return new k8s.KubeDeployment(chart, `d${index}`, {
      metadata: { name: `app-${index}`, namespace: 'bench', labels },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [
              {
                name: 'app',
                image: `example.com/app:${index}.0`,
                args: ['serve', '--port=8080', `--name=app-${index}`],
                env: [
                  { name: 'LEVEL', value: 'info' },
                  { name: 'ENABLED', value: 'yes' },
                ],
                ports: [{ name: 'http', containerPort: 8080 }],
                readinessProbe: { httpGet: { path: '/healthz', port: k8s.IntOrString.fromString('http') } },
                resources: { requests: { cpu: k8s.Quantity.fromString('100m') } },
              },
            ],
          },
        },
      },
    }).toJson() as JsonValue;
  });
}

/** (b) The YAML writer against others. */
function writers(): string {
  const objects = deployments(5000);
  const json = timed(() => objects.map((object) => JSON.stringify(object)));
  const rows: [string, number][] = [
    ['JSON.stringify', json],
    ['lakeport', timed(() => objects.map((object) => toYaml(object)))],
    ['js-yaml', timed(() => objects.map((object) => dump(object)), 3)],
    ['cdk8s', timed(() => objects.map((object) => Yaml.stringify(object)), 3)],
  ];
  const kustomize = kustomizeTime(objects.slice(0, 500));
  if (kustomize !== undefined) rows.push(['kubectl kustomize, 500 Deployments × 10', kustomize * 10]);
  return table(
    ['5,000 Deployments to YAML, in process', 'time', 'against JSON.stringify'],
    rows.map(([name, time]) => [name, ms(time), times(time / json)]),
    { right: ['time', 'against JSON.stringify'] },
  );
}

function kustomizeTime(objects: readonly JsonValue[]): number | undefined {
  if (spawnSync('kubectl', ['version', '--client']).status !== 0) return undefined;
  return inFolder((folder) => {
    const resources = objects.map((object, index) => {
      fs.writeFileSync(path.join(folder, `${index}.yaml`), toYaml(object));
      return `${index}.yaml`;
    });
    fs.writeFileSync(path.join(folder, 'kustomization.yaml'), toYaml({ resources }));
    return processTime('kubectl', ['kustomize', folder]);
  });
}

/** (c) Cost of an object while a site grows. */
function growth(): string {
  const points = [20, 60, 200].map((teams) =>
    inFolder((folder) => {
      const runner = path.join(program.root, 'bin/run.js');
      const args = [
        '--max-old-space-size=900',
        runner,
        path.join(__dirname, 'growth.ts'),
        String(teams),
        folder,
      ];
      const { stdout, stderr, status } = spawnSync('node', args, { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      const point = JSON.parse(stdout) as { objects: number; render: number; write: number; memory: number };
      return { teams, ...point };
    }),
  );
  return table(
    ['teams', 'objects', 'render', 'write', 'render an object', 'write an object', 'memory'],
    points.map(({ teams, objects, render, write, memory }) => [
      String(teams),
      String(objects),
      ms(render),
      ms(write),
      `${((render / objects) * 1000).toFixed(0)} µs`,
      `${((write / objects) * 1000).toFixed(0)} µs`,
      `${(memory / 2 ** 20).toFixed(0)} MiB`,
    ]),
    { right: ['teams', 'objects', 'render', 'write', 'render an object', 'write an object', 'memory'] },
  );
}

/** (d) From one changed setting to its manifests, in a process that runs already. */
function oneChange(): string {
  const overlay = loadOverlay(program.root, 'onprem', program.load) as Overlay;
  const changed = extendOverlay(overlay, { mirrors: { 'quay.io': 'registry.example.com/quay' } });
  const all = timed(() =>
    siteNames(program.root).map((site) => render(site, loadOverlay(program.root, site, program.load))),
  );
  const one = timed(() => render('onprem', changed));
  return table(
    ['a changed setting, in process', 'time', 'against all sites'],
    [
      ['its site rendered, rules and YAML included', ms(one), times(one / all)],
      ['all sites', ms(all), '1.0×'],
    ],
    { right: ['time', 'against all sites'] },
  );
}

const render = (site: string, overlay: unknown) => treeOf(synthesize(site, overlay, program.platform));

const machine = `${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores, Node.js ${process.version}`;
console.log(`${machine}\n`);
for (const part of [wholeSynth, writers, growth, oneChange]) console.log(`${part()}\n`);
