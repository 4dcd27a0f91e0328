import { CONTROLLER, PORTS } from '../../../charts/processing/argo-events/names';
import type { Resource } from '../api';
import { binary } from '../binaries';
import { workloadOf } from '../controllers/container';
import type { Network } from '../controllers/network';
import { type Image, Pod } from '../controllers/pod';
import { refusals } from '../controllers/refusals';
import type { Scene } from '../proof';
import { until } from '../wait';
import { Bus } from './bus';

export const NAMESPACE = 'argo-events';
const OBJECTS = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}`;
const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;

/** What the controller says of an object of its kinds. */
interface Judged extends Resource {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

/** What the controller has made of a source or a sensor. */
export interface Made {
  readonly kind: 'eventsource' | 'sensor';
  readonly name: string;
}

/** The real Argo Events: its controller as dist deploys it, and the programs that the controller deploys. */
export class ArgoEvents {
  private readonly pods: Pod[] = [];

  private constructor(
    private readonly scene: Scene,
    private readonly network: Network,
    private readonly image: Image,
    readonly controller: Pod,
  ) {}

  static async start(scene: Scene, network: Network): Promise<ArgoEvents> {
    const image = {
      entrypoint: ['/bin/argo-events'],
      files: { '/bin/argo-events': await binary('argo-events', scene.say) },
    };
    const at = { namespace: NAMESPACE, name: CONTROLLER.name };
    const controller = await Pod.start(scene.cluster, network, at, image);
    await controller.ready();
    return new ArgoEvents(scene, network, image, controller);
  }

  /** Waits until every bus, source and sensor of dist is deployed; returns how many there are. */
  async deployed(timeoutMs: number): Promise<number> {
    const { api } = this.scene.cluster;
    let open: readonly string[] = [];
    return this.controller.alive(
      until(
        'deployment of every bus, source and sensor',
        async () => {
          const kinds = ['eventbus', 'eventsources', 'sensors'];
          const lists = await Promise.all(kinds.map((kind) => api.list<Judged>(`${OBJECTS}/${kind}`)));
          const objects = lists.flat();
          open = objects.flatMap(openConditions);
          return open.length === 0 && objects.length;
        },
        { timeoutMs, everyMs: 1_000, state: () => `${open.join('; ')}\n${this.controller.lastWords()}` },
      ),
    );
  }

  /** Starts the three servers of the bus. */
  async startBus(): Promise<Bus> {
    const bus = await Bus.start(this.scene, this.network);
    this.pods.push(bus.pod);
    return bus;
  }

  /**
   * Starts the program of a source or a sensor.
   * @param change changes the object that it reads, where what dist says would take days
   */
  async startProgram({ kind, name }: Made, change?: (object: object) => object): Promise<Pod> {
    const { cluster } = this.scene;
    const selector = encodeURIComponent(`${kind}-name=${name}`);
    const [live] = await cluster.api.list<Resource>(`${DEPLOYMENTS}?labelSelector=${selector}`);
    if (!live) throw new Error(`the controller has made no Deployment of ${kind} ${name}`);
    // Lists leave it out.
    const workload = workloadOf({ ...live, kind: 'Deployment' });
    const { container } = workload;
    const variable = kind === 'sensor' ? 'SENSOR_OBJECT' : 'EVENTSOURCE_OBJECT';
    const env = change ? { [variable]: changed(container.env, variable, change) } : {};
    // The controller does not name the port that webhooks listen on.
    const ports = [...(container.ports ?? []), { containerPort: PORTS.webhook }];
    const pod = await Pod.startWorkload(
      cluster,
      this.network,
      `${kind}-${name}`,
      { ...workload, container: { ...container, ports } },
      this.image,
      { env },
    );
    this.pods.push(pod);
    return pod;
  }

  /** What the roles of controller, sources and sensors were short of. */
  refusals(): string[] {
    const accounts = [this.controller, ...this.pods].map(({ workload }) => workload.pod.serviceAccountName);
    return accounts.flatMap((account = 'default') => refusals(this.scene.cluster, NAMESPACE, account));
  }

  /** Ends what was started last first: a source that loses the bus would complain. */
  async stop(): Promise<void> {
    for (const pod of [...this.pods].reverse()) await pod.service.stop();
    await this.controller.service.stop();
  }
}

/** The object that a program reads, which is in Base64. */
function changed(
  env: readonly { readonly name: string; readonly value?: string }[] = [],
  name: string,
  change: (object: object) => object,
): string {
  const { value = '' } = env.find((each) => each.name === name) ?? {};
  // Written by the controller.
  const object = JSON.parse(Buffer.from(value, 'base64').toString('utf8')) as object;
  return Buffer.from(JSON.stringify(change(object))).toString('base64');
}

function openConditions({ metadata, status }: Judged): string[] {
  const { conditions = [] } = status ?? {};
  if (conditions.length === 0) return [`${metadata.name} is not judged yet`];
  return conditions
    .filter((each) => each.status !== 'True')
    .map(({ type, message = 'not yet' }) => `${metadata.name}: ${type}: ${message}`);
}
