import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from '../../../core/chart';
import { podSpec } from '../../../core/workload';
import { type JsonValue, toYaml } from '../../../core/yaml';
import { computeOf } from './compute';
import { ACCOUNTS, IMAGES, PORTS, USERS } from './names';
import { environment, type Identities, mounts } from './pods';
import { PATHS } from './properties';
import type { Settings } from './settings';

export interface TasksProps {
  readonly settings: Settings;
  readonly identities: Identities;
  readonly topics: boolean;
}

/**
 * The template of tasks, as an object that rules see, and as the text that masters read. Each task is a Job on a spot
 * node: one that is lost is told to the master, which starts another from what was last written down.
 */
export function writeTaskTemplate(
  chart: ComponentChart,
  { settings, identities, topics }: TasksProps,
): string {
  const { cpu, memory } = computeOf(settings).task;
  const labels = chart.podLabels('task');
  const has = { database: false, topics };
  const spec = podSpec(
    chart,
    {
      name: 'main',
      role: 'task',
      image: IMAGES.druid,
      command: ['sh', '-c', '/peon.sh'],
      env: environment({
        // The script takes the properties of this name.
        service: 'overlord',
        role: 'task',
        memory,
        store: chart.site.cloud.objectStore.client,
        ...has,
      }),
      ports: { https: PORTS.task },
      resources: { cpu, memory },
      serviceAccount: ACCOUNTS.task,
      apiServer: true,
      identity: identities.task,
      priority: 'batch',
      mounts: [...mounts(has), { name: 'data', path: PATHS.data, source: { emptyDir: {} } }],
      user: USERS.druid,
      gracePeriodSeconds: 60,
    },
    labels,
  );
  const template: k8s.PodTemplateSpec = {
    metadata: {
      labels: { ...labels, 'app.kubernetes.io/part-of': 'lakeport', ...identities.task.podLabels },
      annotations: { ...chart.site.cloud.undisturbed },
    },
    spec: { ...spec, restartPolicy: 'Never' },
  };
  const object = new k8s.KubePodTemplate(chart, 'task', {
    metadata: { name: 'task', namespace: chart.home },
    template,
  });
  // What cdk8s makes of an object is plain data.
  return toYaml(object.toJson() as JsonValue);
}
