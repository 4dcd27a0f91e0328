import type { External, Recorded } from './chart';
import type { Component, CustomKind } from './component';
import { groupOf, type Manifest } from './manifest';
import { builtInPods, type PodTemplate } from './pods';
import {
  type Identifier,
  keyOf,
  keyOfManifest,
  type Made,
  objectReferences,
  podReferences,
  type Reference,
} from './references';
import type { Scale } from './scale';
import type { Site } from './site';

/** An object of a site with the component that wrote it. */
export interface Entry {
  readonly component: string;
  readonly manifest: Manifest;
}

/** A pod that an object of a site stands for. */
export interface PodEntry extends Entry {
  readonly pod: PodTemplate;
}

/** An object that a controller makes, with the object that it makes it of. */
export interface MadeEntry extends Entry {
  readonly made: Made;
}

/** A custom kind with the component that brings it. */
export interface OwnedKind extends CustomKind {
  readonly component: string;
}

/** Everything that a site renders, with look-ups that order and rules share. */
export class SiteModel {
  readonly entries: readonly Entry[];
  readonly pods: readonly PodEntry[];
  /** What controllers make of the objects of the site. */
  readonly made: readonly MadeEntry[];
  private readonly byKey = new Map<string, Entry>();
  private readonly madeByKey = new Map<string, MadeEntry>();
  /** Reasons by key of what is declared to come from outside. */
  private readonly reasons: ReadonlyMap<string, string>;

  constructor(
    readonly site: Site,
    readonly components: readonly Component[],
    readonly recorded: ReadonlyMap<string, Recorded>,
    /** Custom kinds by `group/Kind`. */
    readonly kinds: ReadonlyMap<string, OwnedKind>,
    private readonly externals: readonly External[],
    entries: readonly Entry[],
  ) {
    this.entries = entries;
    this.pods = entries.flatMap((entry) => this.podsOf(entry.manifest).map((pod) => ({ ...entry, pod })));
    this.made = entries.flatMap((entry) =>
      (this.kindOf(entry.manifest)?.makes?.(entry.manifest) ?? []).map((made) => ({ ...entry, made })),
    );
    for (const entry of entries) this.byKey.set(keyOfManifest(entry.manifest), entry);
    for (const entry of this.made) this.madeByKey.set(keyOf(entry.made), entry);
    this.reasons = new Map(externals.map(({ reference, reason }) => [keyOf(reference), reason]));
  }

  /** The same site with other objects. */
  with(entries: readonly Entry[]): SiteModel {
    return new SiteModel(this.site, this.components, this.recorded, this.kinds, this.externals, entries);
  }

  kindOf(manifest: Manifest): OwnedKind | undefined {
    return this.kinds.get(`${groupOf(manifest.apiVersion)}/${manifest.kind}`);
  }

  private podsOf(manifest: Manifest): readonly PodTemplate[] {
    return this.kindOf(manifest)?.pods?.(manifest) ?? builtInPods(manifest);
  }

  /** Component and role of a pod, by its labels; whether the component declares the role is another question. */
  roleOf({ component, pod }: Omit<PodEntry, 'manifest'>): {
    readonly component: string;
    readonly role: string;
  } {
    const { labels } = pod;
    for (const { name, labels: foreign = {} } of this.components) {
      for (const [role, own] of Object.entries(foreign)) {
        if (Object.entries(own).every(([key, value]) => labels[key] === value))
          return { component: name, role };
      }
    }
    // A workflow of one component may run pods of another; the labels say whose role it is.
    return {
      component: labels['app.kubernetes.io/name'] ?? component,
      role: pod.role ?? labels['app.kubernetes.io/component'] ?? '',
    };
  }

  /** The object behind a reference; undefined where no component writes it. */
  find(reference: Identifier): Entry | undefined {
    return this.byKey.get(keyOf(reference));
  }

  /** How many of a workload run, as its component declares it. */
  scaleOf(component: string, workload: string): Scale | undefined {
    return this.recorded.get(component)?.demands.find(({ name }) => name === workload)?.pods;
  }

  /** The object of which a controller makes the one behind a reference. */
  findMaker(reference: Identifier): MadeEntry | undefined {
    return this.madeByKey.get(keyOf(reference));
  }

  /** Why a reference need not resolve inside the site. */
  whyExternal(reference: Identifier): string | undefined {
    return this.reasons.get(keyOf(reference)) ?? builtInReason(reference);
  }

  /** What an object names, in its pods and elsewhere. */
  referencesOf(manifest: Manifest): readonly Reference[] {
    const pods = this.podsOf(manifest).flatMap((pod) => podReferences(pod, manifest.metadata.namespace));
    return [...objectReferences(manifest), ...pods, ...(this.kindOf(manifest)?.references?.(manifest) ?? [])];
  }
}

/** Objects that every cluster has. */
function builtInReason({ kind, name }: Identifier): string | undefined {
  const known =
    (kind === 'Namespace' && (name === 'kube-system' || name === 'default')) ||
    (kind === 'PriorityClass' && name.startsWith('system-')) ||
    (kind === 'ClusterRole' && (name.startsWith('system:') || ['admin', 'edit', 'view'].includes(name)));
  return known ? 'every cluster has it' : undefined;
}
