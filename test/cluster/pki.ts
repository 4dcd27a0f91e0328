import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { InputError } from '../../core/problem';

/** PEM files of a certificate and its key. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Subject {
  /** User name to the API server. */
  readonly name: string;
  /** Group to the API server. */
  readonly group?: string;
  /** Names and addresses that it serves; empty for clients. */
  readonly hosts?: readonly string[];
}

/** How long certificates hold: a cluster that works by hand may stay up for some days. */
const DAYS = '14';

/** A certificate authority of one cluster, which lives in a folder. */
export class Authority implements Identity {
  readonly cert: string;
  readonly key: string;

  constructor(private readonly folder: string) {
    this.cert = path.join(folder, 'ca.crt');
    this.key = path.join(folder, 'ca.key');
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const usage = 'keyUsage=critical,keyCertSign,digitalSignature';
    openssl(['-subj', '/CN=lakeport-test', '-addext', usage, '-keyout', this.key, '-out', this.cert]);
  }

  /** Issues a certificate into files called for the name. */
  issue(file: string, { name, group, hosts = [] }: Subject): Identity {
    const issued = {
      cert: path.join(this.folder, `${file}.crt`),
      key: path.join(this.folder, `${file}.key`),
    };
    const names = hosts.map((host) => (/^[\d.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`));
    openssl([
      ...['-CA', this.cert, '-CAkey', this.key, '-keyout', issued.key, '-out', issued.cert],
      ...['-subj', `${group ? `/O=${group}` : ''}/CN=${name}`],
      ...['-addext', 'basicConstraints=critical,CA:FALSE'],
      ...['-addext', 'keyUsage=critical,digitalSignature'],
      ...['-addext', `extendedKeyUsage=${hosts.length > 0 ? 'serverAuth,clientAuth' : 'clientAuth'}`],
      ...(names.length > 0 ? ['-addext', `subjectAltName=${names.join(',')}`] : []),
    ]);
    return issued;
  }

  /** A key pair that signs the tokens of ServiceAccounts. */
  tokenKeys(): { readonly public: string; readonly private: string } {
    const files = {
      public: path.join(this.folder, 'tokens.pub'),
      private: path.join(this.folder, 'tokens.key'),
    };
    const { publicKey, privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'sec1', format: 'pem' },
    });
    fs.writeFileSync(files.public, publicKey);
    fs.writeFileSync(files.private, privateKey, { mode: 0o600 });
    return files;
  }
}

/** Node.js reads certificates but makes none. */
function openssl(args: readonly string[]): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];
  const command = ['req', '-x509', ...key, '-sha256', '-days', DAYS, ...args];
  const { error, status, stderr } = spawnSync('openssl', command, { encoding: 'utf8' });
  if (!error && status === 0) return;
  const message = error ? 'openssl cannot be run, which makes the certificates' : stderr.trim();
  throw new InputError([{ field: 'openssl', message, remedy: 'install OpenSSL 3' }]);
}
