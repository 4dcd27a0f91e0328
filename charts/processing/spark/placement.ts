import { requirePlacement } from '../../../core/admission';
import type { ComponentChart } from '../../../core/chart';
import { CLIENT } from './teams';

/** Drivers and executors of teams run where they must also where a team writes the job or the session itself. */
export function requireJobPlacement(chart: ComponentChart): void {
  const { teams, cloud } = chart.site;
  const namespaces = teams.map(({ namespace }) => namespace);
  // Spark labels its pods so, whoever starts them.
  const role = (name: string) => ({ matchLabels: { 'spark-role': name } });
  requirePlacement(chart, {
    name: 'spark-executors-on-spot',
    namespaces,
    pods: role('executor'),
    terms: cloud.capacity.spot,
    message: `Spark executors run on spot nodes only: take the template ${CLIENT.template} of ConfigMap ${CLIENT.name}`,
  });
  requirePlacement(chart, {
    name: 'spark-drivers-on-regular',
    namespaces,
    pods: role('driver'),
    terms: cloud.capacity.regular,
    message: 'Spark drivers run on regular nodes only: take driver.template of SparkApplication trips',
  });
}
