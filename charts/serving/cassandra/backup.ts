import fs from 'node:fs';
import path from 'node:path';
import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import type { ObjectStoreClient } from '../../../core/object-store';
import { restrictedContainer } from '../../../core/workload';
import type { TemplateContainer } from '../../../imports/cass-operator';
import { BESIDE } from './compute';
import { FOLDER, IMAGES, PORTS } from './names';
import type { Settings } from './settings';

/** The ConfigMap with the script. */
export const BACKUP_FILES = 'backup';

/** What is beside each server and takes its rows to the object store: once a day, and as they were at one time. */
export function backupContainer(
  chart: ComponentChart,
  { backup }: Settings,
  identity: Identity,
): TemplateContainer {
  const { site } = chart;
  const { cpu, memory, memoryLimit } = BESIDE.backup;
  return {
    name: 'backup',
    image: site.image(IMAGES.backup),
    imagePullPolicy: 'IfNotPresent',
    command: ['/bin/sh', '/etc/backup/backup.sh'],
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'MANAGEMENT', value: `http://127.0.0.1:${PORTS.management}` },
      { name: 'DATA', value: '/var/lib/cassandra/data' },
      { name: 'TO', value: `store:${site.bucket('backups')}/${FOLDER}` },
      { name: 'HOUR', value: String(backup.hour) },
      { name: 'DAYS', value: String(backup.retentionDays) },
      // It reads what it is told from variables alone.
      { name: 'RCLONE_CONFIG', value: '/dev/null' },
      { name: 'HOME', value: '/tmp' },
      ...remote(site.cloud.objectStore.client),
      ...identity.env,
    ],
    resources: { requests: { cpu, memory }, limits: { memory: memoryLimit } },
    securityContext: restrictedContainer(),
    volumeMounts: [
      { name: 'backup', mountPath: '/etc/backup', readOnly: true },
      { name: 'backup-tmp', mountPath: '/tmp' },
      // Written to where a snapshot is taken away.
      { name: 'server-data', mountPath: '/var/lib/cassandra' },
    ],
  };
}

/** The script. */
export function writeBackupFiles(chart: ComponentChart): void {
  new k8s.KubeConfigMap(chart, 'backup', {
    metadata: { name: BACKUP_FILES, namespace: chart.home },
    data: { 'backup.sh': fs.readFileSync(path.join(__dirname, 'files', 'backup.sh'), 'utf8') },
  });
}

/** The store in the words of rclone; who the pods are it finds in their environment. */
function remote(client: ObjectStoreClient): k8s.EnvVar[] {
  const set = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => ({ name: `RCLONE_CONFIG_STORE_${key}`, value }));
  switch (client.protocol) {
    case 's3':
      return set({
        TYPE: 's3',
        PROVIDER: client.pathStyle ? 'Other' : 'AWS',
        ENV_AUTH: 'true',
        REGION: client.region,
        ENDPOINT: `${client.tls ? 'https' : 'http'}://${client.endpoint}`,
        FORCE_PATH_STYLE: String(client.pathStyle),
        // Buckets are made by who runs the store.
        NO_CHECK_BUCKET: 'true',
      });
    case 'azure':
      return set({ TYPE: 'azureblob', ACCOUNT: client.account, ENV_AUTH: 'true' });
    case 'gcs':
      return set({ TYPE: 'google cloud storage', ENV_AUTH: 'true', BUCKET_POLICY_ONLY: 'true' });
  }
}
