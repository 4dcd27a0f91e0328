import type { ComponentChart } from '../../../core/chart';
import type { Scale } from '../../../core/scale';
import { authentication, kafkaLag, SCALER_PODS, scaled } from '../../operations/autoscaling';
import { bootstrap } from './endpoints';
import { SECRETS } from './names';
import { userSecret } from './user-secret';
import { exactly, writeUser } from './users';

/** The user of KEDA, and the Secret by which it connects. */
const USER = 'autoscaling';
const SECRET = 'kafka';

/** A consumer group and the topic that it reads. */
export interface Lagging {
  readonly group: string;
  readonly topic: string;
}

/** Messages that one worker may have before it: some seconds of work. */
const LAG = 50_000;

/** Scales the workers of Kafka Connect by what their sinks have not read yet. */
export function scaleWorkers(
  chart: ComponentChart,
  name: string,
  workers: Scale,
  lagging: readonly [Lagging, ...Lagging[]],
): void {
  writeUser(chart, USER, [
    ...lagging.map(({ topic }) => exactly('topic', topic, 'Describe')),
    ...lagging.map(({ group }) => exactly('group', group, 'Describe')),
  ]);
  userSecret(chart, {
    namespace: SCALER_PODS.namespace,
    name: SECRET,
    user: USER,
    texts: { username: USER, sasl: 'scram_sha512', tls: 'enable' },
  });
  authentication(chart, {
    name: SECRET,
    secret: SECRET,
    parameters: {
      sasl: 'sasl',
      username: 'username',
      password: SECRETS.user.password,
      tls: 'tls',
      ca: SECRETS.authority.certificate,
    },
  });
  scaled(chart, {
    target: {
      apiVersion: 'kafka.strimzi.io/v1',
      kind: 'KafkaConnect',
      resource: 'kafkaconnects',
      namespace: chart.home,
      name,
    },
    replicas: workers,
    triggers: lagging.map((each) => kafkaLag({ bootstrap, ...each, lag: LAG, authentication: SECRET })),
  });
}
