import type { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import type { Identity } from '../../../core/cloud';
import { scheduling } from '../../../core/placement';
import { PRIORITIES, type Resources, restrictedContainer } from '../../../core/workload';
import { CassandraDatacenter, type Resources as Text } from '../../../imports/cass-operator';
import { versions } from '../../../versions';
import { BACKUP_FILES, backupContainer } from './backup';
import { BESIDE, computeOf } from './compute';
import { serverConfig, TLS } from './config';
import {
  ACCOUNTS,
  CLUSTER,
  DATACENTER,
  IMAGES,
  LABELS,
  NAME,
  RACK_LABEL,
  RACKS,
  SECRETS,
  USER,
} from './names';
import type { Settings } from './settings';

/** Objects with which rows would go: they stay in the cluster when they vanish from dist, until somebody deletes them. */
const KEPT = { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' } as const;

/** Servers in three racks, no two of which share a part of the site that fails by itself. */
export function writeDatacenter(chart: ComponentChart, settings: Settings, identity: Identity): void {
  const { site, home } = chart;
  const { server, serversPerRack } = settings;
  const { cloud } = site;
  const { affinity, tolerations } = scheduling(chart.placement('server'), cloud.capacity);
  const config = serverConfig(settings);
  new CassandraDatacenter(chart, 'datacenter', {
    metadata: { name: DATACENTER, namespace: home, annotations: { ...KEPT } },
    spec: {
      clusterName: CLUSTER,
      datacenterName: DATACENTER,
      serverType: 'cassandra',
      serverVersion: versions.cassandra,
      serverImage: site.image(IMAGES.server),
      systemLoggerImage: site.image(IMAGES.logger),
      readOnlyRootFilesystem: true,
      size: serversPerRack * RACKS.length,
      racks: RACKS.map((name) => ({ name, affinity: apart(name, cloud.failureDomain) })),
      serviceAccountName: ACCOUNTS.server,
      superuserSecretName: SECRETS.superuser,
      users: [SECRETS.loader, SECRETS.reader].map((secretName) => ({ secretName, superuser: false })),
      // Only the operator reaches that port, by a policy of the network.
      managementApiAuth: { insecure: {} },
      config,
      resources: text(server),
      configBuilderResources: text(BESIDE.configuration),
      systemLoggerResources: text(BESIDE.logger),
      ...(tolerations ? { tolerations } : {}),
      storageConfig: {
        cassandraDataVolumeClaimSpec: {
          storageClassName: cloud.blockStorage.name,
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: server.storage } },
        },
        additionalVolumes: [
          { name: 'server', mountPath: TLS.path, volumeSource: { secret: { secretName: SECRETS.server } } },
        ],
      },
      podTemplateSpec: {
        metadata: {
          labels: {
            'app.kubernetes.io/name': NAME,
            'app.kubernetes.io/component': 'server',
            'app.kubernetes.io/part-of': 'lakeport',
            ...identity.podLabels,
          },
          annotations: { ...cloud.undisturbed, 'lakeport.io/config': checksum(JSON.stringify(config)) },
        },
        spec: {
          affinity,
          priorityClassName: PRIORITIES.serving,
          enableServiceLinks: false,
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: USER,
            fsGroup: USER,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          initContainers: [
            {
              name: 'server-config-init-base',
              image: site.image(IMAGES.server),
              imagePullPolicy: 'IfNotPresent',
              command: ['/bin/sh'],
              args: ['-c', 'cp -rf /etc/cassandra/* /cassandra-base-config/'],
              resources: text(BESIDE.configuration),
              securityContext: restrictedContainer(),
            },
            {
              name: 'server-config-init',
              image: site.image(IMAGES.client),
              imagePullPolicy: 'IfNotPresent',
              args: ['config', 'build'],
              securityContext: restrictedContainer(),
            },
          ],
          containers: [
            { name: 'cassandra', securityContext: restrictedContainer() },
            { name: 'server-system-logger', securityContext: restrictedContainer() },
            backupContainer(chart, settings, identity),
          ],
          volumes: [
            { name: 'backup', configMap: { name: BACKUP_FILES } },
            { name: 'backup-tmp', emptyDir: {} },
          ],
        },
      },
    },
  });
  // What no object of the chart shows.
  chart.demandByRole(computeOf(settings));
}

/**
 * Keeps servers of a rack out of every part of the site that has one of another rack: names of zones, which a rack would
 * else be bound to, are nothing that an overlay knows.
 */
const apart = (rack: string, topologyKey: string): k8s.Affinity => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      {
        topologyKey,
        labelSelector: {
          matchLabels: { ...LABELS.server },
          matchExpressions: [{ key: RACK_LABEL, operator: 'NotIn', values: [rack] }],
        },
      },
    ],
  },
});

const text = ({ cpu, memory, memoryLimit = memory }: Resources): Text => ({
  requests: { cpu, memory },
  limits: { memory: memoryLimit },
});
