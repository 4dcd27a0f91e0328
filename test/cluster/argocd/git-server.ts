import { spawn } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import type { Identity } from '../pki';

/** Where the server listens. */
export interface GitServer {
  readonly port: number;
  close(): void;
}

/** Serves the bare repositories below a folder by HTTPS on loopback, as git's own server program answers. */
export async function serveGit(folder: string, { cert, key }: Identity): Promise<GitServer> {
  const tls = { cert: fs.readFileSync(cert), key: fs.readFileSync(key) };
  const server = https.createServer(tls, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://git');
    const child = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env.PATH,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        REQUEST_METHOD: request.method,
        PATH_INFO: decodeURIComponent(url.pathname),
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.once('error', () => response.writeHead(500).end());
    child.stdin.on('error', () => undefined);
    request.pipe(child.stdin);
    let head: Buffer | undefined = Buffer.alloc(0);
    child.stdout.on('data', (part: Buffer) => {
      if (!head) {
        response.write(part);
        return;
      }
      head = Buffer.concat([head, part]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      writeHead(response, head.subarray(0, end).toString('latin1'));
      response.write(head.subarray(end + 4));
      head = undefined;
    });
    child.stdout.once('end', () => {
      if (head) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('a TCP server has a port');
  return {
    port: address.port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The head of an answer by CGI: header lines, of which Status is none of HTTP's. */
function writeHead(response: import('node:http').ServerResponse, head: string): void {
  for (const line of head.split('\r\n')) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
    else if (name) response.setHeader(name, value);
  }
}
