import { k8s } from 'cdk8s-plus-27';
import { component } from '../../../core/component';
import { mebibytes, parseQuantity } from '../../../core/quantity';
import { writeApi } from './api';
import { checked } from './checks';
import { restApi } from './endpoints';
import { cubeFiles, openApi } from './files';
import { checkedModels, modelFiles } from './models';
import { NAME } from './names';
import { settings } from './settings';
import { sourcesOf } from './sources';

export { restApi } from './endpoints';

/** Answers questions to the models of the repository by REST, from whatever source holds their tables. */
export const dataApi = component({
  name: NAME,
  summary: 'REST, and SQL over it, to tables by models, with tokens, roles and row rules for teams',
  optional: true,
  settings,
  pods: { api: 'spot-preferred' },
  endpoints: [restApi],
  namespaces: (_, { replicas, cpu, memory }) => {
    // One more while a new version comes.
    const pods = replicas.max + 1;
    return [
      {
        name: NAME,
        quota: {
          cpu: String(Math.ceil(pods * parseQuantity(cpu))),
          memory: mebibytes(pods * parseQuantity(memory)),
          pods,
        },
      },
    ];
  },
  build(chart, site, given) {
    const chosen = checked(site, given);
    const sources = sourcesOf(chart, chosen);
    const files = modelFiles();
    writeApi(
      chart,
      chosen,
      sources,
      cubeFiles(site, chosen, files, checkedModels(files, sources.names), sources),
    );
    new k8s.KubeConfigMap(chart, 'openapi', {
      metadata: { name: 'openapi', namespace: chart.home },
      data: { 'openapi.yaml': openApi() },
    });
  },
});
