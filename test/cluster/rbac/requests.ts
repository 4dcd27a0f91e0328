import fs from 'node:fs';
import readline from 'node:readline';

/** One permission, as a rule of RBAC and a request of an audit log both name it. */
export interface Permission {
  /** API group; empty for the core group. */
  readonly group: string;
  /** Plural, with the subresource: `pods/log`. */
  readonly resource: string;
  readonly verb: string;
}

export const keyOf = ({ group, resource, verb }: Permission): string => `${group}/${resource} ${verb}`;

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly user?: { readonly username?: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
  };
}

/** What each ServiceAccount asked of the API server: keys of permissions by `namespace/name`. */
export async function requestsOf(auditLog: string): Promise<Map<string, Set<string>>> {
  const requests = new Map<string, Set<string>>();
  for await (const line of readline.createInterface({ input: fs.createReadStream(auditLog) })) {
    const { verb, user, objectRef } = JSON.parse(line) as AuditEvent;
    const [, namespace, name] = /^system:serviceaccount:([^:]+):(.+)$/.exec(user?.username ?? '') ?? [];
    if (!namespace || !name || !objectRef?.resource) continue;
    const { apiGroup: group = '', resource, subresource } = objectRef;
    const permission = { group, resource: subresource ? `${resource}/${subresource}` : resource, verb };
    const key = `${namespace}/${name}`;
    requests.set(key, (requests.get(key) ?? new Set()).add(keyOf(permission)));
  }
  return requests;
}
