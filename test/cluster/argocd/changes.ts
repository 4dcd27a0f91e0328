import fs from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import type { Manifest } from '../../../core/manifest';
import { type JsonValue, toYaml } from '../../../core/yaml';
import { ApiError, type Resource } from '../api';
import { Kinds } from '../kinds';
import type { Scene } from '../proof';
import type { DistObject } from '../site';
import { until } from '../wait';
import { describe, isAsked, isSettled, readApplication, refresh } from './applications';
import type { Repository } from './repository';

/** Everything that Argo CD does about a change takes less than this. */
const TIMEOUT_MS = 180_000;

/** An annotation by which an object is seen to be changed; no controller knows it. */
const MARK = 'test.lakeport.io/mark';

/** One thing that happens to a site, and what must come of it. */
export interface Change {
  /** What happens, in a few words. */
  readonly name: string;
  /** Component to which it happens. */
  readonly component: string;
  /** @throws Error where something else comes of it */
  run(): Promise<void>;
}

/** What a platform engineer does to a site in its first weeks, in this order, and what others do to it. */
export function changesOf(scene: Scene, repository: Repository): readonly Change[] {
  const { site, cluster } = scene;
  const { api } = cluster;
  const kinds = new Kinds(api);
  const find = (kind: string, component?: string): DistObject => {
    const found = site.objects.find(
      (each) => each.manifest.kind === kind && (component === undefined || each.component === component),
    );
    if (!found) throw new Error(`dist/${site.name} has no ${kind} to change`);
    return found;
  };
  const quota = find('ResourceQuota');
  const budget = find('PodDisruptionBudget');
  const deployment = find('Deployment', budget.component);

  const live = async ({ manifest }: DistObject) => api.get<Resource>(await kinds.pathOf(manifest));
  const marked = async (object: DistObject) => (await live(object)).metadata.annotations?.[MARK];
  const exists = async (object: DistObject) => {
    try {
      return (await live(object)).metadata.deletionTimestamp === undefined;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    }
  };
  const file = (object: DistObject) => repository.file(path.join('dist', site.name, object.file));
  const rewrite = (object: DistObject, change: (manifest: Manifest) => Manifest) => {
    // What lakeport wrote.
    const manifest = load(fs.readFileSync(file(object), 'utf8')) as Manifest;
    // Plain data, read as YAML.
    fs.writeFileSync(file(object), toYaml(change(manifest) as unknown as JsonValue));
  };
  const mark = (object: DistObject, value: string) =>
    rewrite(object, (manifest) => ({
      ...manifest,
      metadata: { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, [MARK]: value } },
    }));
  const settledAt = async (component: string, revision: string) => {
    let last = '';
    await until(
      `${component} at ${revision.slice(0, 8)}`,
      async () => {
        const application = await readApplication(api, component);
        last = describe(application);
        if (application.status?.sync?.revision === revision) return isSettled(application);
        // A look that was under way when the commit came may have swallowed the request for this one.
        if (!isAsked(application)) await refresh(api, component);
        return false;
      },
      { timeoutMs: TIMEOUT_MS, everyMs: 1_000, state: () => last },
    );
  };
  const expect = async (what: string, ask: () => Promise<boolean>) => {
    await until(what, ask, { timeoutMs: TIMEOUT_MS, everyMs: 500 });
  };

  return [
    {
      name: 'a commit that changes an object',
      component: quota.component,
      async run() {
        mark(quota, 'changed');
        const revision = await repository.commit('Change a quota');
        await settledAt(quota.component, revision);
        await expect('the change', async () => (await marked(quota)) === 'changed');
      },
    },
    {
      name: 'a change by hand, which is healed',
      component: deployment.component,
      async run() {
        const url = await kinds.pathOf(deployment.manifest);
        const before = replicasOf(await live(deployment));
        await api.patch(url, { spec: { replicas: before + 3 } });
        await expect('healing', async () => replicasOf(await live(deployment)) === before);
      },
    },
    {
      name: 'a deletion by hand, which is healed',
      component: budget.component,
      async run() {
        const { uid } = (await live(budget)).metadata;
        await api.delete(await kinds.pathOf(budget.manifest));
        await expect(
          'healing',
          async () => (await exists(budget)) && (await live(budget)).metadata.uid !== uid,
        );
      },
    },
    {
      name: 'a commit that breaks a component: what runs stays, the others go on; a mending commit ends it',
      component: deployment.component,
      async run() {
        const before = await live(deployment);
        rewrite(deployment, (manifest) => ({ ...manifest, spec: { replicas: 1 } }));
        mark(quota, 'beside a broken one');
        const broken = await repository.commit('Break a deployment');
        await settledAt(quota.component, broken);
        await refresh(api, deployment.component);
        await expect('the failure', async () => {
          const { status } = await readApplication(api, deployment.component);
          const phase = status?.operationState?.phase;
          const failed =
            phase === 'Failed' ||
            phase === 'Error' ||
            /retry|attempt/i.test(status?.operationState?.message ?? '');
          const compared = status?.conditions?.some(({ type }) => type.endsWith('Error'));
          return failed || compared === true;
        });
        const after = await live(deployment);
        if (after.metadata.uid !== before.metadata.uid || replicasOf(after) !== replicasOf(before)) {
          throw new Error('what ran was changed by a commit that is not valid');
        }
        fs.copyFileSync(path.join(site.folder, deployment.file), file(deployment));
        await settledAt(deployment.component, await repository.commit('Mend it'));
      },
    },
    {
      name: 'a commit that removes an object',
      component: budget.component,
      async run() {
        fs.rmSync(file(budget));
        await settledAt(budget.component, await repository.commit('Remove a disruption budget'));
        await expect('the removal', async () => !(await exists(budget)));
      },
    },
    {
      name: 'a force-push that takes the last commit back and puts another in its place',
      component: budget.component,
      async run() {
        const revision = await repository.rewrite(1, 'Change the quota once more', () =>
          mark(quota, 'rewritten'),
        );
        await settledAt(budget.component, revision);
        await settledAt(quota.component, revision);
        await expect('the object that is back', () => exists(budget));
        await expect('the other change', async () => (await marked(quota)) === 'rewritten');
      },
    },
  ];
}

/** Deployments always have a number of replicas once the API server has them. */
const replicasOf = (deployment: Resource): number =>
  (deployment as unknown as { readonly spec: { readonly replicas: number } }).spec.replicas;
