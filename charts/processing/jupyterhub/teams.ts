import fs from 'node:fs';
import path from 'node:path';
import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { parseQuantity } from '../../../core/quantity';
import type { SiteTeam } from '../../../core/site';
import { ACCOUNTS, PORTS, podMemory, SESSION_BUCKETS, useCatalog } from '../spark';
import { hub, NOTEBOOK_PORT } from './endpoints';
import { MODULE, SESSION_PORTS, SHARED_FOLDER, TEAM_FOLDER } from './notebook';
import type { Profile, Settings } from './settings';

/** Packages and data sets. What only answers without TLS, such as the metadata of a cloud's machines, is not among it. */
const INTERNET = { name: 'internet', cidrs: ['0.0.0.0/0'], ports: [443] } as const;

/**
 * What the servers of a team run with: the account, the rights and the ways of Spark drivers, and the compute that they
 * may take.
 * @returns how they prove who they are to the cloud
 */
export function writeTeam(
  chart: ComponentChart,
  settings: Settings,
  chosen: Profile,
  team: SiteTeam,
): Identity {
  const { namespace } = team;
  const servers = chart.pods('notebook', namespace);
  const executors = { component: 'spark', role: 'executor', namespace };
  // The account is Spark's, and so are its rights; what is opened here is the way.
  const identity = chart.grant(servers, ACCOUNTS.driver, 'read-write', ...SESSION_BUCKETS, 'notebooks');
  chart.useApiServer(servers);
  chart.connect(hub, servers);
  useCatalog(chart, servers);
  chart.allow(chart.pods('proxy'), servers, NOTEBOOK_PORT);
  chart.allow(executors, servers, ...SESSION_PORTS);
  chart.allow(servers, executors, PORTS.blockManager);
  if (settings.internet) chart.reach(servers, INTERNET);
  new k8s.KubeConfigMap(chart, `module-${namespace}`, {
    metadata: { name: MODULE.name, namespace },
    data: { 'lake.py': fs.readFileSync(path.join(__dirname, 'notebook/lake.py'), 'utf8') },
  });
  if (settings.teamFolder) writeTeamFolder(chart, settings.teamFolder, namespace);
  if (settings.sharedFolder) writeSharedFolder(chart, settings.sharedFolder, namespace);
  declare(chart, settings, chosen, team);
  return identity;
}

function writeTeamFolder(
  chart: ComponentChart,
  { storageClass, size }: NonNullable<Settings['teamFolder']>,
  namespace: string,
): void {
  new k8s.KubePersistentVolumeClaim(chart, `folder-${namespace}`, {
    metadata: {
      name: TEAM_FOLDER,
      namespace,
      annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
    },
    spec: {
      accessModes: ['ReadWriteMany'],
      storageClassName: storageClass,
      resources: { requests: { storage: k8s.Quantity.fromString(size) } },
    },
  });
  chart.external(
    { group: 'storage.k8s.io', kind: 'StorageClass', namespace: undefined, name: storageClass },
    'the overlay names it as one that the cluster has',
  );
}

/** A volume is bound to one claim, so each namespace has one of the same export. Neither has a size that means anything. */
function writeSharedFolder(
  chart: ComponentChart,
  { server, path: exported }: NonNullable<Settings['sharedFolder']>,
  namespace: string,
): void {
  const name = `${SHARED_FOLDER}-${namespace}`;
  const size = k8s.Quantity.fromString('1Gi');
  const common = { accessModes: ['ReadOnlyMany'], storageClassName: '' };
  new k8s.KubePersistentVolume(chart, `shared-volume-${namespace}`, {
    metadata: { name },
    spec: {
      ...common,
      capacity: { storage: size },
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace, name: SHARED_FOLDER },
      mountOptions: ['nfsvers=4.1', 'ro'],
      nfs: { server, path: exported, readOnly: true },
    },
  });
  new k8s.KubePersistentVolumeClaim(chart, `shared-${namespace}`, {
    metadata: { name: SHARED_FOLDER, namespace },
    spec: { ...common, volumeName: name, resources: { requests: { storage: size } } },
  });
}

function declare(
  chart: ComponentChart,
  { servers }: Settings,
  { cores, memory, executors }: Profile,
  { name, namespace }: SiteTeam,
): void {
  chart.demand({
    name: `notebooks of ${name}`,
    placement: chart.placement('notebook'),
    namespace,
    cpu: cores,
    memory: parseQuantity(memory),
    pods: servers,
  });
  // At the working load half of the sessions compute, with half of what they may have.
  const typical = Math.ceil((servers.typical * executors.max) / 4);
  chart.demand({
    name: `executors of notebooks of ${name}`,
    placement: 'spot',
    namespace,
    cpu: executors.cores,
    memory: podMemory(executors.memory).bytes,
    pods: { min: 0, typical, max: servers.max * executors.max },
  });
}
