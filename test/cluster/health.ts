import https from 'node:https';

/** Whether a program on loopback says that it is well; it vouches for itself, so that its certificate tells nothing. */
export const isHealthy = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path: '/healthz', timeout: 5_000, rejectUnauthorized: false };
    const request = https.get(options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy(new Error('no answer')));
    request.once('error', () => resolve(false));
  });
