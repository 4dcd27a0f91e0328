import { requirePlacement } from '../../../core/admission';
import { component } from '../../../core/component';
import { versions } from '../../../versions';
import { apis } from './apis';
import { archiveOf } from './archive';
import { ageArtifacts } from './artifacts';
import { writeConfiguration } from './configuration';
import { writeController } from './controller';
import { argoServer, controllerMetrics } from './endpoints';
import { writeServer } from './server';
import { settings } from './settings';
import { writeTeams } from './teams';
import { WORKFLOW_PLACEMENT } from './workload';

export { argoServer, controllerMetrics } from './endpoints';
export { placed } from './placed';
export { serveNamespace } from './served';
export { WORKFLOW_ACCOUNT } from './workload';

/** Runs the jobs of all teams as graphs of pods, each pod on spot capacity. */
export const argoWorkflows = component({
  name: 'argo-workflows',
  summary: 'Workflows as graphs of pods on spot capacity, with retries where a node is lost',
  settings,
  pods: { controller: 'on-demand', server: 'on-demand', workflow: WORKFLOW_PLACEMENT },
  endpoints: [argoServer, controllerMetrics],
  apis: [apis],
  namespaces: () => [{ name: 'argo-workflows', quota: { cpu: '4', memory: '8Gi', pods: 12 } }],
  build(chart, site, chosen) {
    chart.upstream({
      kind: 'manifests',
      name: 'argo-workflows-crds',
      repository: 'https://github.com/argoproj/argo-workflows',
      path: 'manifests/base/crds/full',
      // The folder also has what kustomize reads.
      include: 'argoproj.io_*.yaml',
      version: versions.argoWorkflows,
      namespace: chart.home,
    });
    const identity = writeTeams(chart, chosen);
    const archive = archiveOf(chart, chosen);
    const namespaces = site.teams.map(({ namespace }) => namespace);
    ageArtifacts(chart, namespaces, archive?.days);
    writeConfiguration(chart, identity, chosen, archive);
    writeController(chart, chosen, archive);
    writeServer(chart, archive);
    // Pods of workflows, whoever writes them and whatever their templates say.
    requirePlacement(chart, {
      name: 'workflow-pods-on-spot',
      namespaces,
      pods: { matchExpressions: [{ key: 'workflows.argoproj.io/workflow', operator: 'Exists' }] },
      terms: site.cloud.capacity.spot,
      message: 'Workflow pods run on spot nodes only: leave affinity out of workflow and templates',
    });
  },
});
