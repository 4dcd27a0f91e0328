import { k8s } from 'cdk8s-plus-27';
import { generatedSecret } from '../../charts/foundation/secrets';
import {
  authentication,
  byEvents,
  cpu,
  cron,
  kafkaLag,
  prometheus,
  scaled,
  type Trigger,
} from '../../charts/operations/autoscaling';
import { byCpu } from '../../core/autoscaler';
import type { ComponentChart } from '../../core/chart';
import { serviceAccount } from '../../core/rbac';
import type { Scale } from '../../core/scale';
import { deployment } from '../../core/workload';
import { leaning, objectOf } from '../support/foundation';
import { server } from '../support/platform';

/** A Deployment that consumes. */
function consumer(chart: ComponentChart, replicas: Scale, autoscaler = byCpu()): void {
  serviceAccount(chart, { name: 'consumer' });
  deployment(chart, {
    name: 'consumer',
    role: 'consumer',
    image: 'example.com/consumer:1.0',
    resources: { cpu: '1', memory: '1Gi' },
    serviceAccount: 'consumer',
    apiServer: false,
    priority: 'serving',
    replicas,
    autoscaler,
    user: 1000,
  });
}

const range = { min: 0, typical: 3, max: 9 };
const scaledBy = (...[first, ...others]: [Trigger, ...Trigger[]]) =>
  leaning((chart) => consumer(chart, range, byEvents(first, ...others)));

test('a consumer is scaled by lag between the ends of its scale, and its demand is that scale', () => {
  const lag = kafkaLag({ bootstrap: server('shop'), group: 'g', topic: 't', lag: 100 });
  const site = scaledBy(lag);
  expect(objectOf(site, 'ScaledObject', 'consumer').spec).toMatchObject({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'consumer' },
    minReplicaCount: 0,
    maxReplicaCount: 9,
    fallback: { replicas: 3 },
    triggers: [{ type: 'kafka', metadata: { bootstrapServers: 'shop.shop.svc:80', lagThreshold: '100' } }],
  });
  expect(site.model.scaleOf('shop', 'consumer')).toEqual(range);
  expect(objectOf(site, 'Deployment', 'consumer').spec).not.toHaveProperty('replicas');
});

test('whoever is asked for metrics lets the scaler in', () => {
  const site = scaledBy(prometheus({ server: server('shop'), query: 'up', threshold: 5 }));
  expect(objectOf(site, 'NetworkPolicy', 'shop-server-from-autoscaling-operator').spec).toMatchObject({
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'keda-operator' } } }] }],
  });
});

test('clocks have no fallback, since they always answer', () => {
  const site = scaledBy(cron({ start: '0 6 * * *', end: '0 20 * * *', replicas: 4 }));
  expect(objectOf(site, 'ScaledObject', 'consumer').spec).not.toHaveProperty('fallback');
});

test('CPU brings nothing up from zero', () => {
  expect(() => scaledBy(cpu())).toThrow('Deployment consumer cannot be scaled by CPU from zero replicas');
  expect(() => leaning((chart) => consumer(chart, range))).toThrow(/cannot be scaled by CPU from zero/);
});

test('KEDA may change the replicas of custom kinds that are scaled, and of no others', () => {
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'consumer' };
  const replicas = { min: 1, typical: 2, max: 3 };
  const rights = (resource?: string) => {
    const { model } = leaning((chart) =>
      consumer(chart, replicas, (_, __, scale) => {
        // A resource that stands for a custom kind: the Deployment is what it is about here.
        scaled(chart, {
          target: { ...target, ...(resource ? { resource } : {}) },
          replicas: scale,
          triggers: [cpu()],
        });
      }),
    );
    const chart = model.recorded.get('autoscaling')?.upstream.find(({ name }) => name === 'keda');
    return chart?.kind === 'chart' ? chart.values.rbac : undefined;
  };
  expect(rights()).toEqual({ enabledCustomScaledRefKinds: false, scaledRefKinds: [] });
  expect(rights('things')).toEqual({
    enabledCustomScaledRefKinds: true,
    scaledRefKinds: [{ apiGroup: 'apps', kind: 'things' }],
  });
});

test('an authentication reads a Secret of the namespace of KEDA, by keys that it has', () => {
  const of = (key: string) =>
    leaning((chart) => {
      generatedSecret(chart, { name: 'kafka', namespace: 'autoscaling', keys: { password: 'password' } });
      authentication(chart, { name: 'kafka', secret: 'kafka', parameters: { password: key } });
    });
  expect(objectOf(of('password'), 'ClusterTriggerAuthentication', 'kafka').spec).toEqual({
    secretTargetRef: [{ parameter: 'password', name: 'kafka', key: 'password' }],
  });
  expect(() => of('pass')).toThrow('is no key of Secret autoscaling/kafka');
});

test('a workload has one autoscaler', () => {
  const twice = () =>
    leaning((chart) => {
      consumer(chart, { min: 1, typical: 3, max: 9 }, byEvents(cpu()));
      new k8s.KubeHorizontalPodAutoscalerV2(chart, 'second', {
        metadata: { name: 'consumer', namespace: chart.home },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'consumer' },
          maxReplicas: 9,
        },
      });
    });
  expect(twice).toThrow('is scaled by more than one');
});
