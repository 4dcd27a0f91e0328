import type { Say } from './binaries';
import type { Cluster } from './cluster';
import type { TestNode } from './nodes';
import type { Column } from './record';
import type { DistSite } from './site';

/** What a proof has found out about one component. */
export type Verdict =
  | { readonly state: 'proven'; readonly note?: string }
  | { readonly state: 'failed'; readonly problems: readonly string[] }
  | { readonly state: 'not provable here'; readonly why: string };

/** A site in a cluster of its own, with its CRDs, nodes and objects. */
export interface Scene {
  readonly site: DistSite;
  readonly cluster: Cluster;
  readonly nodes: readonly TestNode[];
  readonly say: Say;
}

export interface Finding {
  readonly component: string;
  readonly column: Column;
  readonly verdict: Verdict;
}

/** What a proof returns. */
export interface Outcome {
  readonly findings: readonly Finding[];
  /** What is wrong and is no component's alone. */
  readonly problems?: readonly string[];
  /** Figures for the reader, a line each, which starts with the name of the site and a colon. */
  readonly figures: readonly string[];
}

/** A claim that a cluster decides. */
export interface Proof {
  /** As --only names it. */
  readonly name: string;
  /** One line, without a full stop. */
  readonly claim: string;
  /** `every`: proven for every site; `fullest`: for the site with most components, or for all with --all. */
  readonly sites: 'every' | 'fullest';
  /** `applied`: everything of dist is in the cluster; `empty`: nothing is. Default: applied. */
  readonly start?: 'empty' | 'applied';
  /** Names of proofs that must have run before it in the same cluster. */
  readonly after?: readonly string[];
  /** Columns that it fills for every component of a site. */
  readonly columns: readonly Column[];
  /** Programs beside the control plane that it needs, as tool.json names them. */
  readonly programs: readonly string[];
  run(scene: Scene): Promise<Outcome>;
}

/** Proven where there is no problem. */
export const verdictOf = (problems: readonly string[]): Verdict =>
  problems.length === 0 ? { state: 'proven' } : { state: 'failed', problems };
