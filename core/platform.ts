import type { App } from 'cdk8s';
import type { External } from './chart';
import type { Apis, Component } from './component';
import type { Manifest } from './manifest';
import type { SiteModel } from './model';
import type { Order } from './order';
import type { ServingAdvisor } from './serving';

/** Everything that a generator is made of; put together once, at the program's entry. */
export interface Platform {
  /** In reading order; each comes at most once. */
  readonly components: readonly Component[];
  readonly delivery: Delivery;
  /** Picks the database that serves; without it no overlay can ask for one by its needs. */
  readonly serving?: ServingAdvisor;
}

/** What makes a rendered site reach its cluster. */
export interface Delivery {
  /** Name of its folder in dist. */
  readonly name: string;
  readonly apis: readonly Apis[];
  /** What its objects name and no component writes. */
  readonly externals: readonly External[];
  /** Its objects by file name. */
  deliver(app: App, model: SiteModel, order: Order): ReadonlyMap<string, Manifest>;
}
