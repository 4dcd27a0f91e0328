import fs from 'node:fs';
import path from 'node:path';
import { PORTS } from '../../../charts/processing/argo-events/names';
import type { Resource } from '../api';
import { binary } from '../binaries';
import { workloadOf } from '../controllers/container';
import type { Network } from '../controllers/network';
import { Pod } from '../controllers/pod';
import type { Scene } from '../proof';
import { until } from '../wait';

const NAMESPACE = 'argo-events';
const SET = 'eventbus-default-js';
const SERVICE = `${SET}-svc`;
const HOST = `${SERVICE}.${NAMESPACE}.svc`;

/** The address of each server within the sandbox: the first has the one that ways from outside lead to. */
const ADDRESSES = ['127.0.0.1', '127.0.2.2', '127.0.2.3'] as const;

/** Where a server keeps events, as its configuration says. */
const STORE = '/data/jetstream/store';
const CONFIG = 'nats-js.conf';
const PIDS = '/var/run/nats';
/** In the image it lies in the root, where a sandbox has room for folders only. */
const PROGRAM = '/usr/local/bin/nats-server';

/**
 * The three servers of the bus, with the configuration, passwords and certificates that the controller made. They are in
 * one sandbox, each at an address of its own, since a process here cannot reach another one at a port that it listens
 * on itself. Address and file of its id are told to each beside its configuration, which is otherwise in one line: the
 * folder that it keeps events in.
 */
export class Bus {
  private constructor(
    readonly pod: Pod,
    private readonly pids: string,
  ) {}

  static async start({ cluster, say }: Scene, network: Network): Promise<Bus> {
    const live = await cluster.api.get<Resource>(`/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets/${SET}`);
    const workload = workloadOf(live, 'main');
    const { container, pod: spec } = workload;
    const [, ...args] = container.command ?? [];
    const name = 'bus';
    const claims = (container.volumeMounts ?? [])
      .filter((mount) => !spec.volumes?.some((volume) => volume.name === mount.name))
      .map((mount) => ({ name: mount.name, persistentVolumeClaim: { claimName: mount.name } }));
    const hosts = path.join(cluster.folder, 'bus-hosts');
    fs.writeFileSync(hosts, `127.0.0.1 localhost ${name}\n${ADDRESSES.map(hostsLine).join('')}`);
    const servers = ADDRESSES.map((at, index) => start([PROGRAM, ...args].join(' '), at, index));
    const script = ['trap exit TERM', ...servers, 'wait'].join('\n');
    const pod = await Pod.startWorkload(
      cluster,
      network,
      name,
      {
        ...workload,
        pod: { ...spec, automountServiceAccountToken: false, volumes: [...(spec.volumes ?? []), ...claims] },
        container: { ...container, command: ['/bin/bash', '-c', script], args: [] },
      },
      { entrypoint: [], files: { [PROGRAM]: await binary('nats-server', say) } },
      {
        mounts: [{ path: '/etc/hosts', source: hosts, readOnly: true }],
        edit: (folder) => writeConfigurations(path.join(folder, 'volumes/config-volume')),
      },
    );
    network.link(HOST, PORTS.bus, name);
    const volume = container.volumeMounts?.find(({ mountPath }) => mountPath === PIDS)?.name ?? '';
    return new Bus(pod, path.join(cluster.folder, 'pods', name, 'volumes', volume));
  }

  /** Waits until all three have found each other and one leads. */
  async ready(timeoutMs: number): Promise<void> {
    let last = '';
    await this.pod.alive(
      until(
        'a leader among the servers of the bus',
        async () => {
          last = (await this.pod.get(PORTS.busMonitor, '/jsz')).body;
          // What NATS says of JetStream; there is more in it.
          const { meta_cluster: meta } = JSON.parse(last) as {
            readonly meta_cluster?: { readonly leader?: string; readonly cluster_size?: number };
          };
          return meta?.leader !== undefined && meta.cluster_size === ADDRESSES.length;
        },
        { timeoutMs, everyMs: 500, state: () => `${last.slice(0, 500)}\n${this.pod.lastWords()}` },
      ),
    );
  }

  /** Copies of the stream of events, as the server that is asked has them. */
  async copies(): Promise<number> {
    const { body } = await this.pod.get(PORTS.busMonitor, '/jsz?accounts=true&streams=true&config=true');
    // What NATS says of JetStream; there is more in it.
    const { account_details: accounts = [] } = JSON.parse(body) as {
      readonly account_details?: readonly {
        readonly stream_detail?: readonly {
          readonly name: string;
          readonly config?: { readonly num_replicas: number };
        }[];
      }[];
    };
    const streams = accounts.flatMap(({ stream_detail: details = [] }) => details);
    return streams.find(({ name }) => name === 'default')?.config?.num_replicas ?? 0;
  }

  /** Ends one server at once, as when its node dies; not the first, to which all ways lead. */
  killOne(): void {
    process.kill(Number(fs.readFileSync(path.join(this.pids, '2.pid'), 'utf8')), 'SIGKILL');
  }
}

const nameOf = (index: number): string => `${SET}-${index}`;

const hostsLine = (address: string, index: number): string => `${address} ${nameOf(index)}.${HOST}\n`;

const configOf = (index: number): string => `nats-js-${index}.conf`;

/** A configuration for each server, beside the one that they have in common. */
function writeConfigurations(folder: string): void {
  const text = fs.readFileSync(path.join(folder, CONFIG), 'utf8');
  if (!text.includes(`"${STORE}"`))
    throw new Error(`${CONFIG} does not say that events are kept in ${STORE}`);
  ADDRESSES.forEach((_, index) => {
    fs.writeFileSync(path.join(folder, configOf(index)), text.replace(STORE, `${STORE}-${index}`));
  });
}

/** One server in the background, with the variables that tell it from the others. */
function start(command: string, address: string, index: number): string {
  const name = nameOf(index);
  const env = [`POD_NAME=${name}`, `SERVER_NAME=${name}`, `CLUSTER_ADVERTISE=${name}.${HOST}`].join(' ');
  const own = `-a ${address} --cluster nats://${address}:${PORTS.busRoutes} -P ${PIDS}/${index}.pid`;
  // It ends with the shell, however that ends.
  return `setpriv --pdeathsig=KILL env ${env} ${command.replace(CONFIG, configOf(index))} ${own} &`;
}
