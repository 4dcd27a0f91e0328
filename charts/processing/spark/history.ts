import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { checksum } from '../../../core/checksum';
import { serviceAccount } from '../../../core/rbac';
import { fixed } from '../../../core/scale';
import { service } from '../../../core/service';
import { deployment } from '../../../core/workload';
import { confFile, eventLog, jarEgress, storeConf } from './conf';
import { historyServer } from './endpoints';
import { imageOf } from './image';
import type { Settings } from './settings';
import { SPARK_USER } from './template';

const NAME = historyServer.service;
const CONF = '/etc/spark';
/** Where it keeps what it has read of event logs. */
const STORE = '/var/spark-history';

/** Shows jobs by their event logs, from which it only reads. */
export function writeHistoryServer(chart: ComponentChart, settings: Settings): void {
  const { site } = chart;
  const pods = chart.pods('history');
  const identity = chart.grant(pods, NAME, 'read', 'event-logs');
  chart.age('event-logs', { paths: [''], expireDays: settings.historyDays });
  chart.keep({
    bucket: 'event-logs',
    path: '',
    days: settings.historyDays,
    what: 'event logs that the history server shows',
    setting: 'components.spark.historyDays',
  });
  serviceAccount(chart, { name: NAME }, identity);
  const maven = jarEgress(site, settings);
  if (maven) chart.reach(pods, maven);
  const conf = confFile({
    ...storeConf(site, settings, identity),
    'spark.history.fs.logDirectory': eventLog(site),
    'spark.history.fs.update.interval': '30s',
    'spark.history.ui.port': String(historyServer.port),
    'spark.history.store.path': STORE,
    'spark.history.store.maxDiskUsage': '4g',
  });
  new k8s.KubeConfigMap(chart, 'history-conf', {
    metadata: { name: NAME, namespace: chart.home },
    data: { 'spark-defaults.conf': conf },
  });
  service(chart, NAME, 'history', { http: { port: historyServer.port } });
  const page: k8s.Probe = {
    httpGet: { path: '/api/v1/version', port: k8s.IntOrString.fromString('http') },
    periodSeconds: 10,
  };
  deployment(chart, {
    name: NAME,
    role: 'history',
    image: imageOf(site, settings),
    command: ['/opt/spark/bin/spark-submit'],
    // Started as a job and not as a daemon, because only jobs get jars that the image lacks.
    args: [
      '--class=org.apache.spark.deploy.history.HistoryServer',
      '--master=local',
      '--driver-memory=1g',
      'spark-internal',
    ],
    env: [{ name: 'SPARK_CONF_DIR', value: CONF }],
    ports: { http: historyServer.port },
    // Jars may have to be fetched first.
    startupProbe: { ...page, failureThreshold: 60 },
    readinessProbe: page,
    livenessProbe: page,
    resources: { cpu: '250m', memory: '2Gi' },
    serviceAccount: NAME,
    apiServer: false,
    identity,
    priority: 'serving',
    replicas: fixed(1, 'it only shows what lies in the object store, and is back within a minute'),
    mounts: [
      { name: 'conf', path: CONF, source: { configMap: { name: NAME } } },
      { name: 'tmp', path: '/tmp', source: { emptyDir: {} } },
      { name: 'store', path: STORE, source: { emptyDir: { sizeLimit: k8s.Quantity.fromString('5Gi') } } },
    ],
    annotations: { 'lakeport.io/configuration': checksum(conf) },
    user: SPARK_USER,
  });
}
