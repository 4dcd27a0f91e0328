import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import type { Mount } from '../../../core/workload';
import { databaseIfOn, databaseTrust } from '../../foundation/postgres';

/** Where the hub keeps who there is, who is logged in, and which servers run. */
export interface HubState {
  /** URL of the database, as SQLAlchemy reads it; without a password. */
  readonly url: string;
  readonly env: readonly k8s.EnvVar[];
  readonly mounts: readonly Mount[];
}

/** Folder from which the hub runs, and to which it may write. */
const FOLDER = '/srv/jupyterhub';

/** A database of the site; a file on a volume of its own where the site has none. */
export function stateOf(chart: ComponentChart): HubState {
  const found = databaseIfOn(chart, { name: chart.component, pods: [chart.pods('hub')] });
  if (!found) return writeVolume(chart);
  const { name, host, port, secret } = found;
  const { env, mount } = databaseTrust(found);
  return {
    url: `postgresql+psycopg2://${name}@${host}:${port}/${name}`,
    env: [
      // Read by libpq, so the password is in no URL that a program may show.
      { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: secret.name, key: secret.password } } },
      ...Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
    ],
    mounts: [mount, { name: 'work', path: FOLDER, source: { emptyDir: {} } }],
  };
}

function writeVolume(chart: ComponentChart): HubState {
  const name = 'jupyterhub-data';
  new k8s.KubePersistentVolumeClaim(chart, 'hub-data', {
    metadata: {
      name,
      namespace: chart.home,
      annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: chart.site.cloud.blockStorage.name,
      resources: { requests: { storage: k8s.Quantity.fromString('1Gi') } },
    },
  });
  return {
    url: `sqlite:///${FOLDER}/jupyterhub.sqlite`,
    env: [],
    mounts: [{ name: 'data', path: FOLDER, source: { persistentVolumeClaim: { claimName: name } } }],
  };
}
