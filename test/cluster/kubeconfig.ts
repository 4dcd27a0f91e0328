import fs from 'node:fs';
import type { Identity } from './pki';

/** Writes a kubeconfig for a client certificate or a token; readable by its owner only. */
export function writeKubeconfig(
  file: string,
  server: string,
  caFile: string,
  user: Identity | { readonly token: string },
): string {
  const credentials =
    'token' in user ? { token: user.token } : { 'client-certificate': user.cert, 'client-key': user.key };
  const name = 'lakeport-test';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name, user: credentials }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  // JSON is YAML.
  fs.writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return file;
}
