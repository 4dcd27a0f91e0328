import type { Resource } from '../api';
import type { Scene } from '../proof';
import { until } from '../wait';
import { NAMESPACE } from './programs';

interface RunningPod extends Resource {
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly { readonly ports?: readonly { readonly name?: string }[] }[];
  };
}

interface Service extends Resource {
  readonly spec: {
    readonly selector: Readonly<Record<string, string>>;
    readonly ports: readonly { readonly name: string; readonly targetPort: string | number }[];
  };
}

const TIMEOUT_MS = 120_000;

/** Pods that the controller made, each on a regular node; the servers of the bus each on one of its own. */
export async function placedAsDeclared({ cluster, nodes, site }: Scene): Promise<string[]> {
  const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;
  const declared = site.synthesis.model.pods.filter(({ component }) => component === NAMESPACE);
  const wanted = declared.reduce((sum, { pod }) => sum + (pod.replicas ?? 1), 0);
  let open: readonly string[] = [];
  const placed = await until(
    `${wanted} pods on nodes`,
    async () => {
      const found = await cluster.api.list<RunningPod>(pods);
      open = found.filter(({ spec }) => !spec.nodeName).map(({ metadata }) => metadata.name);
      return found.length >= wanted && open.length === 0 && found;
    },
    { timeoutMs: TIMEOUT_MS, everyMs: 1_000, state: () => `not placed: ${open.join(', ')}` },
  );
  const capacity = new Map(nodes.map((node) => [node.name, node.capacity]));
  const servers = placed.filter(({ metadata }) => metadata.name.startsWith('eventbus-'));
  const apart = new Set(servers.map(({ spec }) => spec.nodeName)).size;
  return [
    ...placed
      .filter(({ spec }) => capacity.get(spec.nodeName ?? '') !== 'regular')
      .map(({ metadata, spec }) => `${metadata.name} is on ${spec.nodeName}, which is no regular node`),
    ...(servers.length === 3 && apart === 3
      ? []
      : [`${servers.length} servers of the bus are on ${apart} nodes`]),
  ];
}

/** Every Service of dist has pods behind it that name its port, or are reached by its number. */
export async function servedAsDeclared({ cluster, site }: Scene): Promise<string[]> {
  const names = site.objects
    .filter(({ component, manifest }) => component === NAMESPACE && manifest.kind === 'Service')
    .map(({ manifest }) => manifest.metadata.name);
  const at = `/api/v1/namespaces/${NAMESPACE}`;
  const [services, pods] = await Promise.all([
    cluster.api.list<Service>(`${at}/services`),
    cluster.api.list<RunningPod>(`${at}/pods`),
  ]);
  return services
    .filter(({ metadata }) => names.includes(metadata.name))
    .flatMap(({ metadata: { name }, spec: { selector, ports } }) => {
      const behind = pods.filter(({ metadata: { labels = {} } }) =>
        Object.entries(selector).every(([key, value]) => labels[key] === value),
      );
      if (behind.length === 0) return [`nothing is behind ${name}`];
      const open = behind.flatMap(({ spec }) => spec.containers.flatMap((each) => each.ports ?? []));
      return ports
        .filter(
          ({ targetPort }) =>
            typeof targetPort === 'string' && !open.some((port) => port.name === targetPort),
        )
        .map(({ targetPort }) => `pods behind ${name} have no port ${targetPort}`);
    });
}
