import path from 'node:path';
import { ArgoCd } from '../argocd/argocd';
import { changesOf } from '../argocd/changes';
import { type LeftOut, leftOut, openGitHosts, removeCrds } from '../argocd/git-hosts';
import { whyNoArgoCd } from '../argocd/needs';
import { settle } from '../argocd/settle';
import { StandIns } from '../argocd/stand-ins';
import { outOfOrder, wavesOf } from '../argocd/waves';
import { Network } from '../controllers/network';
import { ServiceProxy } from '../controllers/service-proxy';
import { Webhooks } from '../controllers/webhooks';
import { Metrics } from '../metrics';
import { type Finding, type Outcome, type Proof, type Scene, verdictOf } from '../proof';
import { seconds } from '../scene';

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
    const metrics = await Metrics.open(cluster, proxy);
    const git = await openGitHosts(scene, network);
    const without = await leftOut(scene);
    const webhooks = new Webhooks(scene, network, proxy);
    const standIns = new StandIns(site, cluster.api);
    try {
      await removeCrds(scene);
      const argocd = await ArgoCd.start(scene, network, git);
      const started = Date.now();
      const root = git.own.file(path.join('dist', site.name, 'argocd/root.yaml'));
      await cluster.kubectl(['apply', '--server-side', '-f', root]);
      const problems = new Map<string, string[]>();
      const report = (component: string, problem: string) =>
        problems.set(component, [...(problems.get(component) ?? []), problem]);
      const { applications, problems: open, missing } = await settle(scene);
      for (const [name, problem] of open) report(name, problem);
      if (missing) report(ARGOCD, missing);
      const figures = [
        `${site.name}: ${applications.length} Applications synced and healthy ${seconds(started)} s after root.yaml`,
        ...without.map(({ why }) => `${site.name}: left out: ${why}`),
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
        findings: [...findingsOf(scene, problems, without), ...ownFindings(argocd.refusals(), problems)],
        figures,
      };
    } finally {
      await standIns.stop();
      await webhooks.stop();
      git.close();
      metrics.close();
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

function findingsOf(
  { site }: Scene,
  problems: ReadonlyMap<string, readonly string[]>,
  without: readonly LeftOut[],
): Finding[] {
  return site.components.map(({ name }) => {
    // What belongs to a component has its name first: argo-workflows-crds.
    const own = [...problems].filter(
      ([key]) =>
        key === name || (key.startsWith(`${name}-`) && !site.components.some((each) => each.name === key)),
    );
    const found = own.flatMap(([, lines]) => lines);
    const why = without.find(({ object }) => object.component === name && name !== ARGOCD)?.why;
    if (found.length > 0 || !why) return { component: name, column: 'synced', verdict: verdictOf(found) };
    return { component: name, column: 'synced', verdict: { state: 'not provable here', why } };
  });
}
