import { type Api, ApiError, type Resource } from '../api';

/** What a ConfigMap or a Secret holds, by key; undefined where there is none. */
export async function readData(
  api: Api,
  kind: 'configmaps' | 'secrets',
  namespace: string,
  name: string,
): Promise<Readonly<Record<string, Buffer>> | undefined> {
  try {
    const { data = {}, binaryData = {} } = await api.get<Holder>(
      `/api/v1/namespaces/${namespace}/${kind}/${name}`,
    );
    const encoded = kind === 'secrets' ? data : binaryData;
    const plain = kind === 'secrets' ? {} : data;
    return {
      ...mapValues(plain, (text) => Buffer.from(text, 'utf8')),
      ...mapValues(encoded, (text) => Buffer.from(text, 'base64')),
    };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

interface Holder extends Resource {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

const mapValues = <In, Out>(record: Readonly<Record<string, In>>, change: (value: In) => Out) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
