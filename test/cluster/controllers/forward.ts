import net from 'node:net';

/** One end of a way: the file of a UNIX socket, which reaches through network namespaces, or a TCP port. */
export type End = { readonly path: string } | { readonly host: string; readonly port: number };

/**
 * Joins every connection that arrives at one end to a new one at the other; returns once it listens.
 * @param open what a connection waits for. Default: nothing
 */
export function forward(from: End, to: End, open?: () => Promise<unknown>): Promise<net.Server> {
  const server = net.createServer({ allowHalfOpen: true }, (near) => {
    const go = () => join(near, net.connect({ ...to, allowHalfOpen: true }));
    if (!open) {
      go();
      return;
    }
    near.on('error', () => undefined);
    open().then(go, () => near.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(from, () => resolve(server));
  });
}

/** Carries bytes both ways until both sides have ended or one has failed. */
export function join(near: net.Socket, far: net.Socket): void {
  near.pipe(far);
  far.pipe(near);
  near.on('error', () => far.destroy());
  far.on('error', () => near.destroy());
}
