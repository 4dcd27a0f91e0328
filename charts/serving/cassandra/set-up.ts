import fs from 'node:fs';
import path from 'node:path';
import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { demandJob, jobPod, onceJob } from '../../../core/job';
import { serviceAccount } from '../../../core/rbac';
import { SET_UP } from './compute';
import { cql } from './endpoints';
import { ACCOUNTS, IMAGES, SECRETS, USER } from './names';
import type { Settings } from './settings';

const NAME = 'set-up';
const FILES = '/etc/set-up';
const AUTHORITY = '/etc/authority';

const read = (name: string): string => fs.readFileSync(path.join(__dirname, 'files', name), 'utf8');

/** The keyspace, its tables, and who may do what with them. */
export function writeSetUp(chart: ComponentChart, { example }: Settings): void {
  const { host, port } = chart.connect(cql, chart.pods('set-up'));
  const names = ['set-up.sh', '10-keyspace.cql', ...(example ? ['20-tables.cql'] : [])];
  const files = Object.fromEntries(names.map((name) => [name, read(name)]));
  new k8s.KubeConfigMap(chart, 'set-up-files', {
    metadata: { name: NAME, namespace: chart.home },
    data: files,
  });
  serviceAccount(chart, { name: ACCOUNTS.setUp });
  const superuser = (name: string, key: string): k8s.EnvVar => ({
    name,
    valueFrom: { secretKeyRef: { name: SECRETS.superuser, key } },
  });
  const pod = jobPod(chart, {
    name: NAME,
    role: 'set-up',
    // It has cqlsh.
    image: IMAGES.server,
    command: ['/bin/bash', `${FILES}/set-up.sh`],
    env: [
      { name: 'HOST', value: host },
      { name: 'PORT', value: String(port) },
      { name: 'SSL_CERTFILE', value: `${AUTHORITY}/ca.crt` },
      // It keeps a history there.
      { name: 'HOME', value: '/tmp' },
      superuser('USERNAME', 'username'),
      superuser('PASSWORD', 'password'),
    ],
    resources: SET_UP,
    serviceAccount: ACCOUNTS.setUp,
    apiServer: false,
    priority: 'system',
    mounts: [
      { name: 'files', path: FILES, source: { configMap: { name: NAME } } },
      {
        name: 'authority',
        path: AUTHORITY,
        source: { secret: { secretName: SECRETS.server, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      },
      { name: 'tmp', path: '/tmp', source: { emptyDir: { medium: 'Memory' } } },
    ],
    user: USER,
  });
  onceJob(chart, NAME, files, pod);
  demandJob(chart, { name: NAME, role: 'set-up', resources: SET_UP });
}
