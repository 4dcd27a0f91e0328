import path from 'node:path';
import { type Application, describe, isSettled, readApplications, waveOf } from '../argocd/applications';
import { ArgoCd } from '../argocd/argocd';
import { changesOf } from '../argocd/changes';
import { leftOut, openGitHosts, removeCrds } from '../argocd/git-hosts';
import { whyNoArgoCd } from '../argocd/needs';
import { Network } from '../controllers/network';
import { ServiceProxy } from '../controllers/service-proxy';
import { Webhooks } from '../controllers/webhooks';
import { type Finding, type Outcome, type Proof, type Scene, verdictOf } from '../proof';
import { seconds } from '../scene';
import { until } from '../wait';

/** How long a whole site may take from root.yaml to all Applications synced and healthy. */
const TIMEOUT_MS = 15 * 60_000;

/** The real Argo CD brings a site from Git and keeps it. */
export const synced: Proof = {
  name: 'synced',
  claim:
    'Argo CD syncs all Applications in wave order from root.yaml alone, heals, prunes and survives bad commits',
  sites: 'fullest',
  start: 'empty',
  columns: ['synced'],
  programs: ['argocd'],
  async run(scene: Scene): Promise<Outcome> {
    const why = whyNoArgoCd();
    if (why) return { findings: everywhere(scene, why), figures: [] };
    const { cluster, site } = scene;
    const network = await Network.open(cluster);
    const proxy = await ServiceProxy.open(cluster);
    const git = await openGitHosts(scene, network);
    const webhooks = new Webhooks(scene, network, proxy);
    try {
      await removeCrds(scene);
      const argocd = await ArgoCd.start(scene, network, git);
      const started = Date.now();
      const root = git.own.file(path.join('dist', site.name, 'argocd/root.yaml'));
      await cluster.kubectl(['apply', '--server-side', '-f', root]);
      const problems = new Map<string, string[]>();
      const report = (component: string, problem: string) =>
        problems.set(component, [...(problems.get(component) ?? []), problem]);
      const applications = await settle(scene, report);
      const figures = [
        `${site.name}: ${applications.length} Applications synced and healthy ${seconds(started)} s after root.yaml`,
        ...leftOut(site).map(({ why }) => `${site.name}: left out: ${why}`),
        ...wavesOf(applications).map((line) => `${site.name}: ${line}`),
      ];
      for (const problem of outOfOrder(applications)) report(ARGOCD, problem);
      for (const change of changesOf(scene, git.own)) {
        const begun = Date.now();
        try {
          await change.run();
          figures.push(`${site.name}: ${change.name}: as it should be after ${seconds(begun)} s`);
        } catch (error) {
          report(change.component, `${change.name}: ${error instanceof Error ? error.message : error}`);
        }
        scene.say(`${site.name}: ${change.name}`);
      }
      await argocd.stop();
      return {
        findings: [...findingsOf(scene, problems), ...ownFindings(argocd.refusals(), problems)],
        figures,
      };
    } finally {
      await webhooks.stop();
      git.close();
      proxy.close();
      network.close();
    }
  },
};

/** Of Argo CD itself: the settings that argocd/install makes were used in everything that went well. */
const ownFindings = (
  refused: readonly string[],
  problems: ReadonlyMap<string, readonly string[]>,
): Finding[] => [
  { component: ARGOCD, column: 'controller', verdict: verdictOf(refused) },
  { component: ARGOCD, column: 'configuration', verdict: verdictOf(problems.get(ARGOCD) ?? []) },
  { component: ARGOCD, column: 'used', verdict: verdictOf([...problems.values()].flat()) },
];

/** The component of dist that makes Argo CD bring the others. */
const ARGOCD = 'argocd';

const everywhere = ({ site }: Scene, why: string): Finding[] =>
  site.components.map(({ name }) => ({
    component: name,
    column: 'synced',
    verdict: { state: 'not provable here', why },
  }));

/** Waits for all Applications that can be synced here. */
async function settle(
  { cluster, site, say }: Scene,
  report: (component: string, problem: string) => void,
): Promise<Application[]> {
  const without = new Set(leftOut(site).map(({ object }) => object));
  const expected = site.objects.filter(
    (object) => object.manifest.kind === 'Application' && !without.has(object),
  ).length;
  let last: Application[] = [];
  let told = '';
  try {
    await until(
      'the sync of all Applications',
      async () => {
        last = await readApplications(cluster.api);
        const settled = last.filter(isSettled);
        const now = `${settled.length} of ${expected} Applications are synced and healthy`;
        if (now !== told) say(`${site.name}: ${now}`);
        told = now;
        return last.length === expected && last.every(isSettled);
      },
      { timeoutMs: TIMEOUT_MS, everyMs: 1_000 },
    );
  } catch {
    for (const each of last) if (!isSettled(each)) report(each.metadata.name, describe(each));
    if (last.length < expected) report(ARGOCD, `there are ${last.length} of ${expected} Applications`);
  }
  return last;
}

/** Applications that were made before all of an earlier wave had been synced for the first time. */
function outOfOrder(applications: readonly Application[]): string[] {
  const problems: string[] = [];
  for (const late of applications) {
    for (const early of applications) {
      const done = early.status?.history?.[0]?.deployedAt;
      if (waveOf(early) >= waveOf(late) || early.metadata.name === 'root') continue;
      if (!done || done > late.metadata.creationTimestamp) {
        problems.push(
          `${late.metadata.name} (wave ${waveOf(late)}) was made at ${late.metadata.creationTimestamp}, ` +
            `${early.metadata.name} (wave ${waveOf(early)}) was first synced at ${done ?? 'no time'}`,
        );
      }
    }
  }
  return problems;
}

/** When each wave came, from the history that Argo CD keeps. */
function wavesOf(applications: readonly Application[]): string[] {
  const children = applications.filter(({ metadata }) => metadata.name !== 'root');
  const waves = [...new Set(children.map(waveOf))].sort((a, b) => a - b);
  return waves.map((wave) => {
    const members = children.filter((each) => waveOf(each) === wave);
    const names = members.map(
      ({ metadata, status }) => `${metadata.name} ${status?.history?.[0]?.deployedAt}`,
    );
    return `wave ${wave}: ${names.join(', ')}`;
  });
}

function findingsOf({ site }: Scene, problems: ReadonlyMap<string, readonly string[]>): Finding[] {
  return site.components.map(({ name }) => {
    // What belongs to a component has its name first: argo-workflows-crds.
    const own = [...problems].filter(
      ([key]) =>
        key === name || (key.startsWith(`${name}-`) && !site.components.some((each) => each.name === key)),
    );
    const found = own.flatMap(([, lines]) => lines);
    const why = leftOut(site).find(({ object }) => object.component === name && name !== ARGOCD)?.why;
    if (found.length > 0 || !why) return { component: name, column: 'synced', verdict: verdictOf(found) };
    return { component: name, column: 'synced', verdict: { state: 'not provable here', why } };
  });
}
