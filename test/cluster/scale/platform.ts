import type { Manifest } from '../../../core/manifest';
import type { Synthesis } from '../../../core/synth';
import type { Api } from '../api';
import { applyObjects, isWebhook } from '../apply';
import { Kinds } from '../kinds';
import type { Scene } from '../proof';
import { until } from '../wait';

const READY_MS = 5 * 60_000;

/** What would call for programs that do not run here, or runs beside what teams start. */
const isLeftOut = (manifest: Manifest): boolean =>
  isWebhook(manifest) || ['CronWorkflow', 'Workflow'].includes(manifest.kind);

/** Applies everything of a site in the order of its waves; returns how many objects, and what was refused. */
export async function applyPlatform(
  { cluster: { api } }: Scene,
  { model, order }: Synthesis,
): Promise<{ readonly objects: number; readonly problems: readonly string[] }> {
  const kinds = new Kinds(api);
  const problems: string[] = [];
  let objects = 0;
  const wave = (name: string) => order.waves.get(name) ?? 0;
  for (const { name } of [...model.components].sort((a, b) => wave(a.name) - wave(b.name))) {
    const own = model.entries
      .filter(({ component, manifest }) => component === name && !isLeftOut(manifest))
      .map(({ component, manifest }) => ({ component, manifest, file: '' }));
    objects += own.length;
    const applied = await applyObjects(own, api, kinds);
    problems.push(...applied.flatMap(({ title, problems }) => problems.map((text) => `${title}: ${text}`)));
  }
  return { objects, problems };
}

/** Waits until every workload of the platform has all its pods ready. */
export async function workloadsReady(api: Api): Promise<void> {
  let open: string[] = [];
  await until(
    'readiness of the platform',
    async () => {
      open = [];
      for (const kind of ['deployments', 'statefulsets', 'daemonsets']) {
        for (const { Name, Ready, Desired } of await api.rows(`/apis/apps/v1/${kind}`)) {
          // Of DaemonSets, kubectl prints two numbers in place of «1/2».
          const [ready, wanted] = Desired === undefined ? String(Ready).split('/') : [Ready, Desired];
          if (Number(ready) < Number(wanted)) open.push(`${Name} of ${kind}: ${ready} of ${wanted}`);
        }
      }
      return open.length === 0;
    },
    { timeoutMs: READY_MS, everyMs: 1_000, state: () => open.join('; ') },
  );
}
