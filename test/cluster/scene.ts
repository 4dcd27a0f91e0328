import fs from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { program } from '../../program';
import type { Say } from './binaries';
import { type ControlPlane, startControlPlane } from './control-plane';
import { crdsOf, installCrds } from './crds';
import { createNodes } from './nodes';
import type { Scene } from './proof';
import type { DistSite } from './site';
import { Store } from './store';

/** Nodes of each kind, slot and zone: enough for what a site runs without jobs. */
const NODES_PER_ZONE = { regular: 1, spot: 1 };

export interface OpenScene extends Scene {
  readonly cluster: ControlPlane;
}

/** A cluster as a site's is before anything of dist is in it: nodes, CRDs and the namespace of Argo CD. */
export async function openScene(
  site: DistSite,
  say: Say,
  options: { readonly name?: string } = {},
): Promise<OpenScene> {
  const started = Date.now();
  const stages = [path.join(__dirname, 'controllers/stages.yaml')];
  const crds = await crdsOf(site, say);
  const store = new Store(crds);
  const name = options.name ? { name: options.name } : {};
  const cluster = await startControlPlane({ say, stages, data: store.saved, ...name });
  say(`${site.name}: control plane ready after ${seconds(started)} s`);
  try {
    if (!store.saved) {
      await installCrds(crds, cluster.api);
      await store.save(cluster);
    }
    const file = path.join(program.root, 'argocd/install/namespace.yaml');
    const namespace = load(fs.readFileSync(file, 'utf8')) as { readonly metadata: { readonly name: string } };
    await cluster.api.apply(`/api/v1/namespaces/${namespace.metadata.name}`, namespace, 'lakeport-install');
    await bringStorageClass(site, cluster);
    const nodes = await createNodes(site.synthesis.model.site, cluster.api, { perZone: NODES_PER_ZONE });
    say(`${site.name}: ${crds.length} custom kinds, ${nodes.length} nodes after ${seconds(started)} s`);
    return { site, cluster, nodes, say };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** The class of volumes that a cluster of the cloud has already, where the site does not write it. */
async function bringStorageClass({ synthesis }: DistSite, { api }: ControlPlane): Promise<void> {
  const { name, definition } = synthesis.model.site.cloud.blockStorage;
  if (definition) return;
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'lakeport.io/kwok',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  await api.apply(`/apis/storage.k8s.io/v1/storageclasses/${name}`, storageClass, 'lakeport-test');
}

export const seconds = (since: number): string => ((Date.now() - since) / 1000).toFixed(1);
