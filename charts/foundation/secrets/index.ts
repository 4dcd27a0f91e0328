import { z } from 'zod';
import type { Recorded } from '../../../core/chart';
import { component } from '../../../core/component';
import { ClusterGenerator } from '../../../imports/external-secrets';
import { apis } from './apis';
import { generatorName, RECIPES, type Recipe } from './generated';
import { LABELS, OPERATOR, writeOperator } from './operator';
import { writeStore } from './store';
import { storedSecret } from './stored';

export { type CopiedSecretProps, copiedSecret } from './copied';
export { type GeneratedSecretProps, generatedSecret, type Recipe } from './generated';
export { DOCKER_CONFIG, type RegistrySecretProps, registrySecret } from './registry';
export { type StoredSecretProps, storedSecret } from './stored';

/** Makes every Secret of the platform: of the store of the site, or of values that are generated in the cluster. */
export const secrets = component({
  name: 'secrets',
  summary: 'Secrets from the store of the site, or generated in the cluster; never in git',
  settings: z.strictObject({}),
  pods: { operator: 'on-demand', webhook: 'on-demand', certificates: 'on-demand' },
  labels: LABELS,
  apis,
  bringsKeys: true,
  namespaces: () => [{ name: 'secrets', quota: { cpu: '2', memory: '4Gi', pods: 12 } }],
  build(chart, { cloud }) {
    writeOperator(chart);
    if (cloud.secretStore) writeStore(chart, cloud.secretStore, OPERATOR);
    for (const [recipe, passwordSpec] of Object.entries(RECIPES)) {
      // The names of the record are the recipes.
      new ClusterGenerator(chart, `generator-${recipe}`, {
        metadata: { name: generatorName(recipe as Recipe) },
        spec: { kind: 'Password', generator: { passwordSpec } },
      });
    }
    const account = { group: '', kind: 'ServiceAccount', namespace: chart.home, name: OPERATOR };
    if (cloud.secretStore?.backend.kind === 'vault')
      chart.external(account, 'the chart of the operator brings it');
  },
  complete(chart, { cloud }, recorded) {
    // A store inside the cluster makes the keys to itself.
    if (cloud.objectStore.inCluster) return;
    for (const { namespace, secret } of wantedKeys([...recorded.values()])) {
      if (cloud.secretStore) {
        storedSecret(chart, { name: secret.name, namespace, keys: [secret.accessKey, secret.secretKey] });
      } else {
        const reference = { group: '', kind: 'Secret', namespace, name: secret.name };
        chart.external(
          reference,
          'without a store of secrets, whoever runs the object store hands out its keys',
        );
      }
    }
  },
});

/** Each Secret with keys of an identity once, however many grants want it. */
const wantedKeys = (recorded: readonly Recorded[]) => [
  ...new Map(
    recorded
      .flatMap(({ keys }) => keys)
      .map((each) => [`${each.namespace}/${each.secret.name}`, each] as const),
  ).values(),
];
