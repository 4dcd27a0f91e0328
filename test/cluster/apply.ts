import { isDeepStrictEqual } from 'node:util';
import { type Manifest, titleOf } from '../../core/manifest';
import { parseQuantity } from '../../core/quantity';
import { type Answer, type Api, ApiError, type Resource } from './api';
import type { Kinds } from './kinds';
import { pooled } from './pool';
import type { DistObject } from './site';
import { pause } from './wait';

/** Field manager of what is applied here, as Argo CD's is `argocd-controller`. */
const MANAGER = 'lakeport-test';

/** What became of an object that was applied. */
export interface Applied {
  readonly title: string;
  readonly problems: readonly string[];
}

/** Kinds that others of the same wave need, in the order in which they are applied; all others come after. */
const FIRST = [
  'Namespace',
  'CustomResourceDefinition',
  'PriorityClass',
  'StorageClass',
  'ResourceQuota',
  'LimitRange',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'ClusterRole',
  'Role',
];

/** Requests under way; the API server would take more, this machine not. */
const AT_ONCE = 4;

/** Whether requests for other objects are sent on to a webhook once this one is there. */
export const isWebhook = ({ kind }: Manifest): boolean => kind.endsWith('WebhookConfiguration');

const rank = ({ manifest }: { readonly manifest: Manifest }): number => {
  // What they send requests to does not run yet.
  if (isWebhook(manifest)) return FIRST.length + 1;
  const at = FIRST.indexOf(manifest.kind);
  return at < 0 ? FIRST.length : at;
};

/** Applies objects of a component, server-side and strictly, and tells what the server said against each. */
export async function applyObjects(
  objects: readonly DistObject[],
  api: Api,
  kinds: Kinds,
): Promise<readonly Applied[]> {
  const applied: Applied[] = [];
  for (const at of [...new Set(objects.map(rank))].sort((a, b) => a - b)) {
    const equals = objects.filter((each) => rank(each) === at);
    const done = await pooled(equals, AT_ONCE, async ({ manifest }) => ({
      title: titleOf(manifest),
      problems: await applyOnce(manifest, api, kinds),
    }));
    applied.push(...done);
  }
  return applied;
}

async function applyOnce(manifest: Manifest, api: Api, kinds: Kinds): Promise<string[]> {
  try {
    const { warnings } = await patiently(async () =>
      api.apply<Resource>(await kinds.pathOf(manifest), manifest, MANAGER),
    );
    return warnings.map((warning) => `warning: ${warning}`);
  } catch (error) {
    return [`refused: ${messageOf(error)}`];
  }
}

/** Applies objects of a component a second time and tells what changed by it. */
export async function reapplyObjects(
  objects: readonly DistObject[],
  api: Api,
  kinds: Kinds,
): Promise<readonly Applied[]> {
  const applied: Applied[] = [];
  for (const { manifest } of objects) {
    const path = await kinds.pathOf(manifest);
    const problems: string[] = [];
    try {
      // A controller that writes between the two requests is no change of ours: look again then.
      for (let attempt = 1; ; attempt++) {
        const before = ours(await api.get<Resource>(path));
        const after = ours((await api.apply<Resource>(path, manifest, MANAGER)).body);
        if (isDeepStrictEqual(before, after)) break;
        if (attempt < 3) continue;
        problems.push(`applied again, it changed: ${differences(before, after).join('; ')}`);
        break;
      }
      const live = await api.get<Resource>(path);
      problems.push(...altered(manifest, live).map((change) => `reads back otherwise: ${change}`));
    } catch (error) {
      problems.push(`refused when applied again: ${messageOf(error)}`);
    }
    applied.push({ title: titleOf(manifest), problems });
  }
  return applied;
}

/** An object without what controllers write into it while they run. */
function ours(resource: Resource): object {
  const { status: _, metadata, ...rest } = resource as Resource & { readonly status?: unknown };
  const {
    resourceVersion: _version,
    managedFields,
    ...kept
  } = metadata as Resource['metadata'] & {
    readonly managedFields?: readonly { readonly manager: string; readonly fieldsV1: unknown }[];
  };
  const fields = managedFields?.filter(({ manager }) => manager === MANAGER).map(({ fieldsV1 }) => fieldsV1);
  return { ...rest, metadata: kept, fields };
}

/** Paths at which two values differ. */
function differences(before: unknown, after: unknown, path = ''): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isObject(before) || !isObject(after)) {
    return [`${path}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => differences(before[key], after[key], path ? `${path}.${key}` : key));
}

/** Paths at which the server keeps another value than the manifest has: each would be a difference for ever. */
export function altered(written: unknown, live: unknown, path = ''): string[] {
  if (isObject(written) && isObject(live) && Array.isArray(written) === Array.isArray(live)) {
    return Object.keys(written).flatMap((key) =>
      altered(written[key], live[key], path ? `${path}.${key}` : key),
    );
  }
  return isSame(written, live)
    ? []
    : [`${path}: ${JSON.stringify(written)} reads back as ${JSON.stringify(live)}`];
}

/** Quantities read back as text and in their shortest form; what is empty, zero or false is often left out. */
function isSame(written: unknown, live: unknown): boolean {
  if (isObject(written)) return Object.keys(written).length === 0 && live === undefined;
  if (written === live || (live === undefined && !written)) return true;
  if (isObject(live) || live === undefined) return false;
  return String(written) === String(live) || isSameQuantity(String(written), String(live));
}

function isSameQuantity(written: string, live: string): boolean {
  try {
    return parseQuantity(written) === parseQuantity(live);
  } catch {
    return false;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A quota that was just made counts nothing yet, and until it does, objects are refused; Argo CD tries again, too. */
async function patiently<Body>(send: () => Promise<Answer<Body>>): Promise<Answer<Body>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      const early =
        error instanceof ApiError && error.status === 403 && /status unknown for quota/.test(error.message);
      if (!early || attempt === 10) throw error;
      await pause(200);
    }
  }
}
