import type { Manifest } from '../../core/manifest';
import type { Api } from './api';

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Where objects live in an API server, by what it says of its kinds. */
export class Kinds {
  private readonly known = new Map<string, Promise<readonly ApiResource[]>>();

  constructor(private readonly api: Api) {}

  /**
   * Path of an object.
   * @throws ApiError or Error where the server does not serve its kind
   */
  async pathOf({
    apiVersion,
    kind,
    metadata,
  }: Pick<Manifest, 'apiVersion' | 'kind' | 'metadata'>): Promise<string> {
    return `${await this.collectionOf(apiVersion, kind, metadata.namespace)}/${metadata.name}`;
  }

  async isServed({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): Promise<boolean> {
    return this.collectionOf(apiVersion, kind).then(
      () => true,
      () => false,
    );
  }

  /** Path of the objects of a kind, in a namespace or in all. */
  async collectionOf(apiVersion: string, kind: string, namespace?: string): Promise<string> {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const resource = await this.resource(root, kind);
    if (!resource) throw new Error(`the API server serves no ${kind} of ${apiVersion}`);
    return `${root}${resource.namespaced && namespace ? `/namespaces/${namespace}` : ''}/${resource.name}`;
  }

  private async resource(root: string, kind: string): Promise<ApiResource | undefined> {
    const list = this.known.get(root) ?? this.ask(root);
    this.known.set(root, list);
    try {
      const found = (await list).find((each) => each.kind === kind && !each.name.includes('/'));
      // A kind may have come since.
      if (!found) this.known.delete(root);
      return found;
    } catch (error) {
      this.known.delete(root);
      throw error;
    }
  }

  private async ask(root: string): Promise<readonly ApiResource[]> {
    return (await this.api.get<{ readonly resources: readonly ApiResource[] }>(root)).resources;
  }
}
