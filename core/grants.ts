import type { Access, Grant } from './object-store';

/** What pods of one ServiceAccount may do with one bucket, with the components that asked for it. */
export interface Granted extends Grant {
  readonly components: readonly string[];
}

/**
 * The grants of a site, each account and bucket once, in alphabetical order of bucket, namespace and account.
 * @param recorded grants by the component that recorded them
 */
export function grantsOf(recorded: ReadonlyMap<string, { readonly grants: readonly Grant[] }>): Granted[] {
  const all = new Map<string, Granted>();
  for (const [component, { grants }] of recorded) {
    for (const grant of grants) {
      const key = `${grant.bucket} ${grant.namespace} ${grant.serviceAccount}`;
      const known = all.get(key);
      all.set(key, {
        ...grant,
        access: known ? wider(known.access, grant.access) : grant.access,
        components: [...new Set([...(known?.components ?? []), component])],
      });
    }
  }
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, grant]) => grant);
}

const wider = (a: Access, b: Access): Access => (a === b ? a : 'read-write');
