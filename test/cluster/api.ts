import https from 'node:https';

/** Any Kubernetes object as the API server gives it. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly {
      readonly apiVersion: string;
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
    }[];
  };
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  /** Texts of the Warning headers. */
  readonly warnings: readonly string[];
}

/** The API server refused a request. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly request: string,
    message: string,
  ) {
    super(`${request}: ${status} ${message}`);
  }
}

export interface ApiOptions {
  readonly server: string;
  readonly ca: string;
  /** Either a client certificate, as PEM … */
  readonly cert?: string;
  readonly key?: string;
  /** … or a bearer token. */
  readonly token?: string;
}

const CONTENT_TYPES = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
  json: 'application/json',
} as const;

/** What is sent, and what is asked for. */
interface Media {
  readonly type?: string;
  readonly accept?: string;
}

/** Talks JSON to an API server over connections that are kept. */
export class Api {
  private readonly agent: https.Agent;
  /** Settles when the API server, which is away on purpose, is back. */
  private back: Promise<unknown> | undefined;

  constructor(private readonly options: ApiOptions) {
    const { ca, cert, key } = options;
    this.agent = new https.Agent({ keepAlive: true, maxSockets: 16, ca, cert, key });
  }

  async get<Body>(path: string): Promise<Body> {
    return (await this.send<Body>('GET', path)).body;
  }

  /** Items of a list, all pages of it. */
  async list<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const query: string = `limit=1000${next && `&continue=${encodeURIComponent(next)}`}`;
      const page: List<Item> = await this.get<List<Item>>(`${path}${path.includes('?') ? '&' : '?'}${query}`);
      items.push(...page.items);
      next = page.metadata.continue || undefined;
    }
    return items;
  }

  /**
   * A list as kubectl prints it, a record of columns a row: a small part of the bytes of the objects. It comes from
   * the memory of the server and may be some moments old.
   */
  async rows(path: string): Promise<Readonly<Record<string, string | number>>[]> {
    const query = 'includeObject=None&resourceVersion=0';
    const { body } = await this.send<Table>(
      'GET',
      `${path}${path.includes('?') ? '&' : '?'}${query}`,
      undefined,
      { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    );
    const names = body.columnDefinitions.map(({ name }) => name);
    return (body.rows ?? []).map(({ cells }) =>
      Object.fromEntries(cells.map((cell, at) => [names[at] ?? '', cell])),
    );
  }

  async create<Body>(path: string, body: unknown): Promise<Answer<Body>> {
    return this.send<Body>('POST', path, body);
  }

  async patch<Body>(path: string, body: unknown): Promise<Answer<Body>> {
    return this.send<Body>('PATCH', path, body, { type: CONTENT_TYPES.merge });
  }

  /** Server-side apply as `manager`, checking field names strictly. */
  async apply<Body>(path: string, body: unknown, manager: string): Promise<Answer<Body>> {
    const query = `fieldManager=${encodeURIComponent(manager)}&fieldValidation=Strict&force=true`;
    return this.send<Body>('PATCH', `${path}?${query}`, body, { type: CONTENT_TYPES.apply });
  }

  async delete(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  /** From here on requests wait for the API server, and those that lose their answer with it are sent anew. */
  waitFor(back: Promise<unknown>): void {
    const settled = back
      .catch(() => undefined)
      .then(() => {
        if (this.back === settled) this.back = undefined;
      });
    this.back = settled;
  }

  /** Sends one request; throws {@link ApiError} where the answer is no success. */
  async send<Body>(method: string, path: string, body?: unknown, media: Media = {}): Promise<Answer<Body>> {
    await this.back;
    try {
      return await this.sendOnce(method, path, body, media);
    } catch (error) {
      if (!this.back || !isLost(error, method)) throw error;
      return this.send(method, path, body, media);
    }
  }

  private sendOnce<Body>(
    method: string,
    path: string,
    body: unknown,
    { type = CONTENT_TYPES.json, accept = CONTENT_TYPES.json }: Media,
  ): Promise<Answer<Body>> {
    const { server, token } = this.options;
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = https.request(new URL(path, server), {
        method,
        agent: this.agent,
        timeout: 60_000,
        headers: {
          accept,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
        },
      });
      request.once('timeout', () => request.destroy(new Error(`${method} ${path}: no answer in 60 s`)));
      request.once('error', reject);
      request.once('response', (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          answer += part;
        });
        response.once('error', reject);
        response.once('end', () => {
          const status = response.statusCode ?? 0;
          if (status >= 400) reject(new ApiError(status, `${method} ${path}`, messageOf(answer)));
          else {
            // The caller says what it asked for.
            const parsed = (isJson(response.headers['content-type']) ? JSON.parse(answer) : answer) as Body;
            resolve({ status, body: parsed, warnings: warningsOf(response.headers.warning) });
          }
        });
      });
      request.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Whether a request may be sent anew: it did not arrive, or it does no harm when it arrives twice. */
function isLost(error: unknown, method: string): boolean {
  if (error instanceof ApiError && error.status < 500) return false;
  const refused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  return refused || method !== 'POST';
}

interface List<Item> {
  readonly items: readonly Item[];
  readonly metadata: { readonly continue?: string };
}

interface Table {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows?: readonly { readonly cells: readonly (string | number)[] }[];
}

const isJson = (type: string | undefined): boolean => type?.includes('json') ?? false;

function messageOf(answer: string): string {
  try {
    const status: unknown = JSON.parse(answer);
    if (typeof status === 'object' && status && 'message' in status) return String(status.message);
  } catch {
    // Not JSON: a proxy or a handler that speaks text.
  }
  return answer.trim();
}

/** Texts in a Warning header: `299 - "text"`, several parted by commas. */
function warningsOf(header: string | readonly string[] | undefined): string[] {
  const lines = header === undefined ? [] : [header].flat();
  return lines.flatMap((line) =>
    [...line.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1')),
  );
}
