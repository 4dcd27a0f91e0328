import fs from 'node:fs';
import type net from 'node:net';
import path from 'node:path';
import type { Cluster } from '../cluster';
import { API_SERVER } from './environment';
import { type End, forward } from './forward';
import type { Sandbox } from './sandbox';

/** A name that processes ask for, and the socket behind it. */
interface Way {
  readonly name: string;
  readonly port: number;
  readonly socket: string;
}

/**
 * The network of processes that run as pods: each has a network namespace of its own, so that ports are as dist
 * says, and reaches by name what is opened here and nothing else.
 */
export class Network {
  private readonly ways: Way[] = [];
  private readonly servers: net.Server[] = [];

  private constructor(private readonly folder: string) {}

  /** With a way to the API server. */
  static async open(cluster: Cluster): Promise<Network> {
    const folder = path.join(cluster.folder, 'net');
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const network = new Network(folder);
    const { hostname, port } = new URL(cluster.server);
    // As a load balancer does, which asks whether it is ready: before that it knows no roles yet, and refuses everything.
    const open = () => cluster.restarted();
    await network.publish(API_SERVER.host, API_SERVER.port, { host: hostname, port: Number(port) }, open);
    return network;
  }

  /**
   * Opens a way from every process that starts from now on to something that listens on this machine.
   * @param open what each connection waits for. Default: nothing
   */
  async publish(name: string, port: number, to: End, open?: () => Promise<unknown>): Promise<void> {
    const socket = `${name}.${port}`;
    this.servers.push(await forward({ path: path.join(this.folder, socket) }, to, open));
    this.ways.push({ name, port, socket });
  }

  /** Opens a way from every process that starts from now on to a port of another one. */
  link(name: string, port: number, pod: string, podPort = port): void {
    this.ways.push({ name, port, socket: socketName(pod, podPort) });
  }

  /** The socket that leads to a port of a process. */
  socketOf(pod: string, port: number): string {
    return path.join(this.folder, socketName(pod, port));
  }

  /** What a process reaches and serves. */
  waysOf(pod: string, ports: readonly number[]): Pick<Sandbox, 'network' | 'hosts' | 'reaches' | 'serves'> {
    // A port that a process listens on is its own at every address.
    const ways = this.ways.filter(({ port }) => !ports.includes(port));
    const names = [...new Set(ways.map(({ name }) => name))];
    // Addresses of loopback, one a name: two names may have the same port.
    const hosts = Object.fromEntries(names.map((name, index) => [name, `127.0.1.${index + 1}`]));
    const serves = ports.map((port) => ({ port, socket: socketName(pod, port) }));
    // The socket file of a process that was killed is still there.
    for (const { socket } of serves) fs.rmSync(path.join(this.folder, socket), { force: true });
    return {
      network: this.folder,
      hosts,
      reaches: ways.map(({ name, port, socket }) => ({ host: hosts[name] ?? '', port, socket })),
      serves,
    };
  }

  close(): void {
    for (const server of this.servers) server.close();
  }
}

const socketName = (pod: string, port: number): string => `${pod}.${port}.in`;
