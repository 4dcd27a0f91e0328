import type { JsonValue } from './yaml';

/** Something that Argo CD takes from its publisher instead of from dist; always pinned. */
export type Upstream = {
  /** Name of its Application. */
  readonly name: string;
  /** Version, tag or commit: never a range or a branch. */
  readonly version: string;
  readonly namespace: string;
} & (
  | {
      readonly kind: 'chart';
      /** Helm repository URL, or an OCI registry and path without scheme. */
      readonly repository: string;
      readonly chart: string;
      readonly values: Readonly<Record<string, JsonValue>>;
      /** Whether it is nothing but CRDs, which stay when they vanish from it. Default: false. */
      readonly crdsOnly?: boolean;
      /** Leaves out the CRDs that come with the chart. Default: false. */
      readonly skipCrds?: boolean;
    }
  | {
      readonly kind: 'manifests';
      /** Git repository URL. */
      readonly repository: string;
      /** Folder of plain manifests, or of a kustomization. */
      readonly path: string;
      /** Glob of the files taken from the folder; all by default. */
      readonly include?: string;
    }
);
