import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

type Claims = Readonly<Record<string, unknown>>;

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An issuer on loopback: it signs tokens, and says with which key. */
export class Issuer {
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  /** How often somebody has asked for its keys. */
  asked = 0;

  private constructor(
    private readonly server: http.Server,
    private readonly name: string,
    private readonly audience: string,
  ) {
    server.on('request', (_, response) => {
      this.asked++;
      const key = { ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [key] }));
    });
  }

  /** @param claims what its tokens say of the issuer and of whom they are for */
  static async start(claims: { readonly issuer: string; readonly audience: string }): Promise<Issuer> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Issuer(server, claims.issuer, claims.audience);
  }

  get jwks(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/certs`;
  }

  /**
   * A token that holds for five minutes.
   * @param claims in place of its own
   * @param key in place of its own
   */
  token(claims: Claims, key: KeyObject = this.keys.privateKey, header: Claims = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const head = base64url({ alg: 'RS256', typ: 'JWT', kid: 'one', ...header });
    const body = base64url({
      iss: this.name,
      aud: this.audience,
      sub: 'somebody',
      exp: now + 300,
      ...claims,
    });
    const signature = createSign('RSA-SHA256').update(`${head}.${body}`).sign(key, 'base64url');
    return `${head}.${body}.${signature}`;
  }

  /** The public key as PEM, which a client could mistake for a secret. */
  get publicPem(): string {
    return this.keys.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
