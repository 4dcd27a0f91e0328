import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import { scheduling } from '../../../core/placement';
import { mebibytes, parseQuantity } from '../../../core/quantity';
import { PRIORITIES } from '../../../core/workload';
import { Cluster, type ClusterSpec, type Plugin } from '../../../imports/cloudnative-pg';
import { IMAGES, KEPT, LABELS, PLUGIN, SECRETS, STORE } from './names';
import type { Settings } from './settings';

/** The database that every cluster is made with. Nobody uses it: each component has one of its own. */
const FIRST = 'app';

/** The cluster: one instance writes, the others follow, each in a part of the site that fails by itself. */
export function writeCluster(chart: ComponentChart, settings: Settings, identity: Identity): void {
  const { cluster, instances, restore } = settings;
  const { cpu, memory } = instances;
  const { cloud } = chart.site;
  const { affinity, tolerations } = scheduling(chart.placement('instance'), cloud.capacity);
  const annotations = identity.serviceAccountAnnotations;
  new Cluster(chart, 'cluster', {
    metadata: { name: cluster, namespace: chart.home, annotations: { ...KEPT } },
    spec: {
      instances: instances.count,
      imageName: chart.site.image(IMAGES.postgres),
      imagePullPolicy: 'IfNotPresent',
      ...beginning(restore),
      postgresql: {
        parameters: parameters(settings),
        pg_hba: [...ACCESS],
        ...(instances.count > 1
          ? // What is written is with a second instance before it is confirmed, as long as there is one.
            { synchronous: { method: 'any', number: 1, dataDurability: 'preferred' } }
          : {}),
      },
      affinity: {
        ...(affinity.nodeAffinity ? { nodeAffinity: affinity.nodeAffinity } : {}),
        ...(tolerations ? { tolerations } : {}),
        enablePodAntiAffinity: true,
        podAntiAffinityType: 'preferred',
        topologyKey: 'kubernetes.io/hostname',
      },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: cloud.failureDomain,
          // The job that makes an instance decides where its volume is, and has the same labels.
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { ...LABELS.instance, 'cnpg.io/cluster': cluster } },
        },
      ],
      resources: { requests: { cpu, memory }, limits: { memory } },
      priorityClassName: PRIORITIES.serving,
      storage: {
        size: instances.storage,
        storageClass: cloud.blockStorage.name,
        resizeInUseVolumes: true,
      },
      certificates: { serverTLSSecret: SECRETS.server, serverCASecret: SECRETS.server },
      plugins: [archiving({ barmanObjectName: STORE }, true)],
      ...(Object.keys(annotations).length > 0
        ? { serviceAccountTemplate: { metadata: { annotations: { ...annotations } } } }
        : {}),
      inheritedMetadata: { labels: { 'app.kubernetes.io/part-of': 'lakeport', ...identity.podLabels } },
      enablePDB: true,
      enableSuperuserAccess: false,
      primaryUpdateMethod: 'switchover',
      primaryUpdateStrategy: 'unsupervised',
    },
  });
}

/** The plugin with its parameters. Defaults are written out: in lists Argo CD would see a difference for ever. */
const archiving = (parameters: Plugin['parameters'], isWALArchiver: boolean): Plugin => ({
  name: PLUGIN,
  enabled: true,
  isWALArchiver,
  parameters,
});

/** What a cluster starts with: nothing, or the backups of another one. */
const beginning = (restore: Settings['restore']): Pick<ClusterSpec, 'bootstrap' | 'externalClusters'> =>
  restore
    ? {
        bootstrap: {
          recovery: {
            source: restore.from,
            ...(restore.until ? { recoveryTarget: { targetTime: restore.until } } : {}),
          },
        },
        externalClusters: [
          {
            name: restore.from,
            plugin: archiving({ barmanObjectName: STORE, serverName: restore.from }, false),
          },
        ],
      }
    : {
        bootstrap: {
          initdb: {
            database: FIRST,
            owner: FIRST,
            encoding: 'UTF8',
            dataChecksums: true,
            // Its own order of text: that of the C library changes with the image, and indexes would be wrong then.
            localeProvider: 'builtin',
            builtinLocale: 'C.UTF-8',
            localeCollate: 'C',
            localeCType: 'C',
          },
        },
      };

/**
 * Who is let in after the operator's own rules: each role to the database of its name, with TLS and its password. The
 * rule by which the operator ends the list would let everybody in everywhere.
 */
const ACCESS = ['hostssl sameuser all all scram-sha-256', 'host all all all reject'] as const;

const megabytes = (bytes: number): string => mebibytes(bytes).replace('Mi', 'MB');

function parameters({ instances, connections }: Settings): Record<string, string> {
  const memory = parseQuantity(instances.memory);
  return {
    max_connections: String(connections),
    shared_buffers: megabytes(memory / 4),
    // What the operating system keeps of files counts in, too.
    effective_cache_size: megabytes((memory * 3) / 4),
  };
}
