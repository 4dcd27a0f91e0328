import type { Bucket } from './bucket';
import type { Cloud } from './cloud';
import type { OwnedNamespace } from './namespace';
import type { ResolvedOverlay, Team } from './overlay';

/** A team with the namespace in which its jobs run. */
export interface SiteTeam extends Team {
  readonly namespace: string;
}

/** What is known of a site before any component has spoken. */
export interface SiteFacts {
  /** The overlay's file name without its ending. */
  readonly name: string;
  readonly cloud: Cloud;
  readonly domain: string;
  readonly git: ResolvedOverlay['git'];
  readonly teams: readonly SiteTeam[];
  readonly spotFloor: number;
  /** What the largest node has for one pod, as Kubernetes writes quantities. */
  readonly largestNode: ResolvedOverlay['largestNode'];
  /** Host and path that images of the platform are pushed to and pulled from; undefined where there is none. */
  readonly registry: string | undefined;
  /** What the overlay says of buckets. */
  readonly buckets: ResolvedOverlay['buckets'];
  /** Name of the bucket for a purpose. */
  bucket(purpose: Bucket): string;
  /** URI of a bucket or of a path in it, as Hadoop clients read it. */
  uri(purpose: Bucket, path?: string): string;
  /** An image reference, rewritten to the site's mirror where it has one. */
  image(reference: string): string;
}

/** A site as components see it. */
export interface Site extends SiteFacts {
  /** Every namespace of the site, in the order of the components. */
  readonly namespaces: readonly OwnedNamespace[];
  /** Whether a component is part of the site. */
  isOn(component: string): boolean;
}

export function siteFacts(name: string, overlay: ResolvedOverlay): SiteFacts {
  const { cloud, domain, git, teams, spotFloor, largestNode, registry, buckets, mirrors } = overlay;
  const bucket = (purpose: Bucket) => buckets.names[purpose] ?? `${buckets.prefix}-${purpose}`;
  // The longest prefix wins, so that one project of a registry can be mirrored elsewhere than the rest.
  const prefixes = Object.keys(mirrors).sort((a, b) => b.length - a.length);
  return {
    name,
    cloud,
    domain,
    git,
    teams: teams.map((team) => ({ ...team, namespace: `team-${team.name}` })),
    spotFloor,
    largestNode,
    registry,
    buckets,
    bucket,
    uri: (purpose, path) => cloud.objectStore.uri(bucket(purpose), path),
    image(reference) {
      const prefix = prefixes.find((each) => reference.startsWith(`${each}/`));
      return prefix ? `${mirrors[prefix]}${reference.slice(prefix.length)}` : reference;
    },
  };
}
