import type { k8s } from 'cdk8s-plus-27';
import type { Mount } from '../../../core/workload';

/** What data can come from, the fastest first. */
export const SOURCES = ['starrocks', 'druid', 'postgres', 'trino'] as const;
export type SourceName = (typeof SOURCES)[number];

/** A source as Cube connects to it. */
export interface Source {
  /** Variables without the prefix that tells sources apart: `DB_HOST`. */
  readonly env: Readonly<Record<string, string | k8s.EnvVarSource>>;
  readonly mounts?: readonly Mount[];
  /** Whether the authority inside the cluster vouches for its servers. Default: false. */
  readonly internal?: boolean;
  /** Files of the certificate by which it is asked. Default: none, it is asked with a password. */
  readonly client?: { readonly cert: string; readonly key: string };
}
