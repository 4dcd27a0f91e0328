import type { z } from 'zod';
import type { ComponentChart, Recorded } from './chart';
import type { Endpoint } from './endpoint';
import type { Manifest } from './manifest';
import type { NamespaceRequest } from './namespace';
import type { Placement } from './placement';
import type { PodTemplate } from './pods';
import type { Made, Reference } from './references';
import type { Site, SiteFacts } from './site';

/** A kind that a component's CRDs bring. */
export interface CustomKind {
  readonly scope: 'Namespaced' | 'Cluster';
  /** Pods that its controller makes of such an object. */
  pods?(manifest: Manifest): readonly PodTemplate[];
  /** Objects that it names. */
  references?(manifest: Manifest): readonly Reference[];
  /** Objects that its controller makes of such an object, and that therefore are not in dist: mostly Secrets. */
  makes?(manifest: Manifest): readonly Made[];
  /** The workload whose replicas its controller changes. */
  scales?(manifest: Manifest): Reference | undefined;
}

/** The API groups that are there once a component is: its CRDs. */
export interface Apis {
  readonly group: string;
  readonly kinds: Readonly<Record<string, CustomKind>>;
}

/** A part of the platform, as data. Its Application, wave, policies and documentation are derived from it. */
export interface Component<Name extends string = string, Settings extends z.ZodType = z.ZodType> {
  /** kebab-case; namespace, Application and folder in dist have the same name. */
  readonly name: Name;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly settings: Settings;
  /** Roles of its pods and where each runs. */
  readonly pods: Readonly<Record<string, Placement>>;
  /**
   * Labels that select the pods of a role, where a controller or a chart of a publisher labels them in its own way.
   * Default: {@link import('./labels').podLabels}.
   */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly endpoints?: readonly Endpoint[];
  readonly apis?: readonly Apis[];
  /** True for one that is part of a site only where the overlay turns it on, or what it needs is met by it. Default: false. */
  readonly optional?: boolean;
  /** Why it cannot be turned off; undefined where it can. */
  readonly indispensable?: string;
  /** True for the one that brings the nodes: everything with pods comes after it. */
  readonly bringsNodes?: boolean;
  /** True for the one that has the keys of identities made: whatever has a grant that wants keys comes after it. */
  readonly bringsKeys?: boolean;
  /** Its namespaces. Its home has its own name; a component without namespaced objects has none. */
  namespaces(site: SiteFacts, settings: z.output<Settings>): readonly NamespaceRequest[];
  build(chart: ComponentChart, site: Site, settings: z.output<Settings>): void;
  /**
   * Writes what follows from what all components of the site have recorded, by the name of each; called once, after
   * every `build`.
   */
  complete?(
    chart: ComponentChart,
    site: Site,
    recorded: ReadonlyMap<string, Recorded>,
    settings: z.output<Settings>,
  ): void;
}

/** Defines a component; types of settings and of the name are inferred. */
export const component = <const Name extends string, Settings extends z.ZodType>(
  definition: Component<Name, Settings>,
): Component<Name, Settings> => definition;
