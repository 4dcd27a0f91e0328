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

/** Names of a binding: in the whole cluster, or in a namespace. */
export const bindingKey = (kind: string, name: string, namespace?: string): string =>
  namespace ? `${kind} ${name}/${namespace}` : `${kind} ${name}`;

/** Keys of permissions that requests took from one binding. */
export interface Use {
  readonly asked: Set<string>;
  /** `list` of kinds whose state came by a watch; see {@link usesOf}. */
  readonly streamed: Set<string>;
}

interface AuditEvent {
  readonly verb: string;
  readonly requestURI?: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * What was used of each binding, by {@link bindingKey}. The API server says itself which binding allowed a request:
 * of several the first, those of the whole cluster before those of a namespace.
 *
 * A watch that asks for `sendInitialEvents` has taken the place of a list. client-go does so since 0.35 and lists where
 * the API server does not know it, as by default in 1.33 and before 1.32 (`ListAndWatchWithContext` in
 * tools/cache/reflector.go, gates WatchListClient and WatchList); so its `list` is as needed as one that was asked.
 */
export async function usesOf(auditLog: string): Promise<Map<string, Use>> {
  const uses = new Map<string, Use>();
  for await (const line of readline.createInterface({ input: fs.createReadStream(auditLog) })) {
    const event = parse(line);
    const binding = event && bindingOf(event);
    if (!binding || !event.objectRef?.resource) continue;
    const { apiGroup: group = '', resource, subresource } = event.objectRef;
    const what = { group, resource: subresource ? `${resource}/${subresource}` : resource };
    const use = uses.get(binding) ?? { asked: new Set(), streamed: new Set() };
    use.asked.add(keyOf({ ...what, verb: event.verb }));
    if (event.verb === 'watch' && isStream(event)) use.streamed.add(keyOf({ ...what, verb: 'list' }));
    uses.set(binding, use);
  }
  return uses;
}

function parse(line: string): AuditEvent | undefined {
  try {
    return JSON.parse(line) as AuditEvent;
  } catch {
    // The last line may be half written.
    return undefined;
  }
}

/** `RBAC: allowed by RoleBinding "name/namespace" of Role "role" to …`, or a ClusterRoleBinding by its name alone. */
function bindingOf({ annotations }: AuditEvent): string | undefined {
  const reason = annotations?.['authorization.k8s.io/reason'] ?? '';
  const [, kind, name] = /^RBAC: allowed by (\w+) "([^"]+)"/.exec(reason) ?? [];
  return kind && name ? `${kind} ${name}` : undefined;
}

const isStream = ({ requestURI = '' }: AuditEvent): boolean =>
  new URLSearchParams(requestURI.split('?')[1] ?? '').get('sendInitialEvents') === 'true';
