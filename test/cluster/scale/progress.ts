import type { Api } from '../api';
import type { Scene } from '../proof';
import type { Pod } from '../proofs/placed';
import { seconds } from '../scene';
import { pause } from '../wait';
import { JOB } from './large-site';

/** So long nothing may happen before it is given up. */
const STUCK_MS = 3 * 60_000;
/** All in all. */
const LIMIT_MS = 20 * 60_000;
const LOOK_MS = 3_000;
const TELL_MS = 15_000;

/** Pods by role. */
export type Counts = ReadonlyMap<string, number>;

/**
 * Waits until so many pods of each role run on nodes that are there, as long as it goes on.
 * @returns seconds that each role took
 * @throws Error where nothing has happened for three minutes or it takes longer than twenty, with what a pod or its maker says
 */
export async function allRunning(
  { cluster: { api }, say }: Scene,
  wanted: Counts,
  gone: ReadonlySet<string> = new Set(),
): Promise<ReadonlyMap<string, string>> {
  const started = Date.now();
  const took = new Map<string, string>();
  let [last, since, told] = ['', started, started];
  for (;;) {
    const open: string[] = [];
    for (const [role, pods] of wanted) {
      const running = await countRunning(api, role, gone);
      if (running === pods) took.set(role, took.get(role) ?? seconds(started));
      else {
        took.delete(role);
        open.push(`${running} of ${pods} ${role} pods run`);
      }
    }
    const state = open.join(', ');
    if (state === '') return took;
    if (state !== last) [last, since] = [state, Date.now()];
    if (Date.now() - since > STUCK_MS || Date.now() - started > LIMIT_MS)
      throw new Error(`${state}: ${await whyNot(api)}`);
    if (Date.now() - told > TELL_MS) {
      say(`  ${state}`);
      told = Date.now();
    }
    await pause(LOOK_MS);
  }
}

async function countRunning(api: Api, role: string, gone: ReadonlySet<string>): Promise<number> {
  const rows = await api.rows(`/api/v1/pods?labelSelector=${encodeURIComponent(`${JOB}=${role}`)}`);
  return rows.filter(({ Status, Node }) => Status === 'Running' && !gone.has(String(Node))).length;
}

/** What the scheduler says of a pod that waits, or the API server of pods that are not made. */
async function whyNot(api: Api): Promise<string> {
  const waiting = `labelSelector=${encodeURIComponent(JOB)}&fieldSelector=status.phase%3DPending&limit=1`;
  const { items } = await api.get<{ readonly items: readonly Pod[] }>(`/api/v1/pods?${waiting}`);
  const failed = await api.get<{ readonly items: readonly { readonly message?: string }[] }>(
    '/api/v1/events?fieldSelector=reason%3DFailedCreate&limit=1',
  );
  const texts = [
    ...items.map(({ metadata, spec, status }) => {
      const said = status.conditions?.find(
        ({ type, status }) => type === 'PodScheduled' && status !== 'True',
      );
      const where = spec.nodeName ? `is on ${spec.nodeName}` : 'is on no node';
      return `pod ${metadata.namespace}/${metadata.name} ${where}${said?.message ? `: ${said.message}` : ''}`;
    }),
    ...failed.items.flatMap(({ message }) => message ?? []),
  ];
  return texts.join('; ') || 'nothing is said of the reason';
}
