import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Network } from '../controllers/network';
import { type Image, Pod } from '../controllers/pod';
import { Databases } from '../databases/databases';
import type { Scene } from '../proof';
import type { NotebookPrograms } from './programs';
import { SERVER_HOST, SERVER_PORT } from './server';

const HOME = 'jupyterhub';
const HUB = 'jupyterhub-hub';
const PROXY = 'jupyterhub-proxy';

/** Seconds in place of the minutes of the overlay: the fields are those in which dist has them. */
const IDLE = { server: 45, culler: 150, every: 5 } as const;

/** The real hub and its proxy, as dist deploys them. */
export class Hub {
  private constructor(
    readonly hub: Pod,
    readonly proxy: Pod,
    /** Of the account `admin`. */
    readonly password: string,
    private readonly databases: Databases | undefined,
  ) {}

  /** @param server name of the pod whose server it will reach */
  static async start(
    scene: Scene,
    network: Network,
    programs: NotebookPrograms,
    server: string,
  ): Promise<Hub> {
    const { cluster } = scene;
    const password = await writeSecret(scene);
    network.link(`${HUB}.${HOME}.svc`, 8081, `${HUB}-0`);
    network.link(`jupyterhub-proxy-api.${HOME}.svc`, 8001, `${PROXY}-0`);
    network.link(`jupyterhub.${HOME}.svc`, 8000, `${PROXY}-0`);
    network.link(SERVER_HOST, SERVER_PORT, server);
    const image: Image = {
      entrypoint: [],
      files: {},
      env: { PATH: `${programs.bin}:${path.dirname(programs.proxy)}:${process.env.PATH}` },
    };
    const databases = Databases.areOf(scene) ? await Databases.open(scene, network) : undefined;
    const proxy = await Pod.start(cluster, network, { namespace: HOME, name: PROXY }, image);
    await proxy.ready();
    const hub = await Pod.start(cluster, network, { namespace: HOME, name: HUB }, image, {
      edit: (folder) => forTest(folder, databases),
    });
    await hub.ready(180_000);
    return new Hub(hub, proxy, password, databases);
  }

  log(): string {
    return fs.readFileSync(this.hub.service.log, 'utf8');
  }

  async stop(): Promise<void> {
    await this.hub.service.stop();
    await this.proxy.service.stop();
    await this.databases?.stop();
  }
}

/** As the operator of secrets would make it. */
async function writeSecret({ cluster }: Scene): Promise<string> {
  const hex = () => randomBytes(32).toString('hex');
  const password = randomBytes(20).toString('hex');
  await cluster.api.apply(
    `/api/v1/namespaces/${HOME}/secrets/jupyterhub`,
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'jupyterhub', namespace: HOME },
      stringData: { proxyToken: hex(), cookies: hex(), adminPassword: password },
    },
    'lakeport-test',
  );
  return password;
}

/** Shorter times; and servers by name, since the addresses of played pods lead nowhere. */
function forTest(folder: string, databases: Databases | undefined): void {
  const conf = path.join(folder, 'volumes/configuration');
  const file = path.join(conf, 'values.json');
  // Written by values.ts.
  const values = JSON.parse(fs.readFileSync(file, 'utf8')) as {
    profiles: { idleSeconds: number }[];
    culling: { timeout: number; every: number };
    hub: { database: string };
  };
  if (databases && !databases.server) values.hub.database = 'sqlite:////srv/jupyterhub/jupyterhub.sqlite';
  for (const profile of values.profiles) profile.idleSeconds = IDLE.server;
  values.culling = { timeout: IDLE.culler, every: IDLE.every };
  fs.writeFileSync(file, JSON.stringify(values));
  fs.appendFileSync(
    path.join(conf, 'jupyterhub_config.py'),
    `\nc.KubeSpawner.pod_connect_ip = "${SERVER_HOST}"\n`,
  );
}
