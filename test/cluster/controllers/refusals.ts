import fs from 'node:fs';
import type { Cluster } from '../cluster';

/** What the audit log says of one request; there is more in it. */
interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Requests of a ServiceAccount that its roles did not allow, each once. */
export function refusals(cluster: Cluster, namespace: string, serviceAccount: string): string[] {
  const user = `system:serviceaccount:${namespace}:${serviceAccount}`;
  const refused = eventsOf(cluster, user)
    .filter((event) => event.annotations?.['authorization.k8s.io/decision'] === 'forbid')
    .map(({ verb, objectRef, requestURI }) => {
      if (!objectRef) return `${user} may not ${verb} ${requestURI}`;
      const { apiGroup, resource, subresource, namespace: where, name } = objectRef;
      const what = [resource, subresource].filter(Boolean).join('/');
      const which = `${apiGroup ? `.${apiGroup}` : ''}${name ? ` ${name}` : ''}${where ? ` in ${where}` : ''}`;
      return `${user} may not ${verb} ${what}${which}`;
    });
  return [...new Set(refused)];
}

/** How many requests of a ServiceAccount the API server has answered. */
export const requestsOf = (cluster: Cluster, namespace: string, serviceAccount: string): number =>
  eventsOf(cluster, `system:serviceaccount:${namespace}:${serviceAccount}`).length;

/** Whether anybody has asked for a path of the API server. */
export const wasAsked = ({ auditLog }: Cluster, path: string): boolean =>
  fs.readFileSync(auditLog, 'utf8').includes(path);

function eventsOf(cluster: Cluster, user: string): AuditEvent[] {
  return fs
    .readFileSync(cluster.auditLog, 'utf8')
    .split('\n')
    .filter((line) => line.includes(user))
    .flatMap((line) => {
      const event = parse(line);
      return event?.user.username === user ? [event] : [];
    });
}

function parse(line: string): AuditEvent | undefined {
  try {
    return JSON.parse(line) as AuditEvent;
  } catch {
    // The last line may be half written.
    return undefined;
  }
}
