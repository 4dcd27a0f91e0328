import http from 'node:http';
import { PORTS } from '../../../charts/processing/argo-events/names';
import type { Pod } from '../controllers/pod';

/** Posts an event to a webhook, and returns the status of the answer. */
export function post(pod: Pod, path: string, body: string, token?: string): Promise<number> {
  const options = {
    method: 'POST',
    socketPath: pod.socketOf(PORTS.webhook),
    path,
    timeout: 30_000,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  };
  return new Promise((resolve, reject) => {
    const request = http.request(options, (response) => {
      response.resume().once('error', reject);
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    request.once('timeout', () => request.destroy(new Error(`POST ${path}: no answer`)));
    request.once('error', reject);
    request.end(body);
  });
}
