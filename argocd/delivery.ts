import { type ApiObject, type App, Chart } from 'cdk8s';
import { objectLabels } from '../core/labels';
import type { Manifest } from '../core/manifest';
import type { SiteModel } from '../core/model';
import type { Order } from '../core/order';
import type { Delivery } from '../core/platform';
import type { Upstream } from '../core/upstream';
import { AppProject } from '../imports/appproject-argoproj.io';
import { ARGOCD_NAMESPACE, application, IN_CLUSTER, upstreamSource } from './application';

const NAME = 'argocd';
/** AppProject of all components. */
const PROJECT = 'lakeport';

/** Distance between the waves of components, so that what they take from upstream fits in between. */
const WAVE_STEP = 10;
/** How far before its component something from upstream comes: what runs of it needs its CRDs. */
const UPSTREAM_LEAD = { crds: 5, programs: 3 } as const;

/** The sync wave of a component's Application. */
export const syncWave = (wave: number): number => wave * WAVE_STEP;

/** Argo CD's app of apps: a root Application, an AppProject and one Application a component. */
export const delivery: Delivery = {
  name: NAME,
  apis: [
    {
      group: 'argoproj.io',
      kinds: { Application: { scope: 'Namespaced' }, AppProject: { scope: 'Namespaced' } },
    },
  ],
  externals: [
    {
      reference: { group: '', kind: 'Namespace', namespace: undefined, name: ARGOCD_NAMESPACE },
      reason: 'argocd/install makes it, before any site is started',
    },
  ],
  deliver(app: App, model: SiteModel, order: Order) {
    const chart = new Chart(app, NAME, { disableResourceNameHashes: true, labels: objectLabels(NAME) });
    const files = new Map<string, Manifest>();
    const write = (file: string, object: ApiObject) => files.set(file, object.toJson() as Manifest);
    const { git, name: site } = model.site;
    const folder = (name: string) => ({
      repoUrl: git.repository,
      targetRevision: git.revision,
      path: [git.path, site, name].filter(Boolean).join('/'),
      directory: { recurse: true },
    });
    write('project.yaml', project(chart, model));
    write(
      'root.yaml',
      application(chart, {
        name: 'root',
        // The project of the components must not be able to make Applications of other projects.
        project: 'default',
        // Were root one of its own objects, its sync would wait for its own health.
        source: { ...folder(NAME), directory: { recurse: true, exclude: 'root.yaml' } },
        namespace: ARGOCD_NAMESPACE,
        prune: true,
        // The API server would check the status of Applications too, and refuses that of one which failed to compare.
        compareOptions: 'ServerSideDiff=false',
      }),
    );
    for (const { name } of model.components) {
      const wave = syncWave(order.waves.get(name) ?? 0);
      const home = model.site.namespaces.some((each) => each.name === name) ? name : 'default';
      const source = folder(name);
      const options = { name, project: PROJECT, source, namespace: home, wave, prune: true };
      write(`application-${name}.yaml`, application(chart, options));
      for (const upstream of model.recorded.get(name)?.upstream ?? []) {
        write(
          `application-${upstream.name}.yaml`,
          application(chart, {
            name: upstream.name,
            project: PROJECT,
            source: upstreamSource(upstream),
            namespace: upstream.namespace,
            wave: wave - UPSTREAM_LEAD[bringsCrds(upstream) ? 'crds' : 'programs'],
            // A CRD that goes takes every object of its kind along.
            prune: !bringsCrds(upstream),
          }),
        );
      }
    }
    return files;
  },
};

/** Whether it is nothing but CRDs. */
const bringsCrds = (upstream: Upstream): boolean =>
  upstream.kind === 'manifests' || upstream.crdsOnly === true;

/** What the Applications of the site may read and where they may write. */
function project(chart: Chart, { site, recorded }: SiteModel): AppProject {
  const upstream = [...recorded.values()].flatMap((each) => each.upstream);
  const namespaces = [...site.namespaces, ...upstream.map(({ namespace: name }) => ({ name }))].map(
    ({ name }) => name,
  );
  return new AppProject(chart, 'project', {
    metadata: {
      name: PROJECT,
      namespace: ARGOCD_NAMESPACE,
      annotations: { 'argocd.argoproj.io/sync-wave': String(-WAVE_STEP) },
    },
    spec: {
      description: `Components of the site ${site.name}`,
      sourceRepos: [...new Set([site.git.repository, ...upstream.map(({ repository }) => repository)])],
      destinations: [...new Set([...namespaces, 'default'])]
        .sort()
        .map((namespace) => ({ server: IN_CLUSTER, namespace })),
      // Charts from upstream bring cluster-wide kinds that only they know.
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      orphanedResources: { warn: false },
    },
  });
}
