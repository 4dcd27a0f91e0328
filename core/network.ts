import { inNamespaces } from './admission';
import type { Flow, PodSet, Recorded } from './chart';
import type { Egress } from './cloud';
import { objectLabels } from './labels';
import type { Manifest } from './manifest';
import type { Site } from './site';
import type { JsonValue } from './yaml';

/** A policy and the component in whose folder it is written. */
export interface OwnedManifest {
  readonly component: string;
  readonly manifest: Manifest;
}

/** Labels that select pods of one role. */
export type LabelsOf = (pods: Pick<PodSet, 'component' | 'role'>) => Record<string, string>;

type Select = (pods: PodSet) => JsonValue;

/**
 * The NetworkPolicies of a site: in every namespace nothing may pass but DNS, and each recorded connection opens
 * one egress policy where it starts and one ingress policy where it ends.
 */
export function networkPolicies(
  site: Site,
  recorded: ReadonlyMap<string, Recorded>,
  labelsOf: LabelsOf,
): OwnedManifest[] {
  const select = (pods: PodSet): JsonValue => ({ matchLabels: labelsOf(pods) });
  const policies: OwnedManifest[] = [];
  for (const { component, name } of site.namespaces) {
    policies.push(defaultDeny(component, name), allowDns(component, name, site.cloud.resolvers));
  }
  for (const [component, { flows, egress, apiClients, webhooks }] of recorded) {
    policies.push(...connections(component, flows, select));
    for (const [pods, to] of unique(egress)) policies.push(outward(component, pods, to, select));
    const { apiServer } = site.cloud;
    for (const [pods, to] of unique(apiClients.map((from) => ({ from, to: apiServer })))) {
      policies.push(outward(component, pods, to, select));
    }
    for (const { pods, port } of webhooks) policies.push(webhook(component, pods, port, select));
  }
  // The other end may be outside the site: whoever owns that namespace opens it.
  const ours = new Set(site.namespaces.map(({ name }) => name));
  return policies.filter(({ manifest }) => ours.has(manifest.metadata.namespace ?? ''));
}

const policy = (component: string, namespace: string, name: string, spec: JsonValue): OwnedManifest => ({
  component,
  manifest: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { labels: objectLabels(component), name, namespace },
    spec,
  },
});

const defaultDeny = (component: string, namespace: string): OwnedManifest =>
  policy(component, namespace, 'default-deny', { podSelector: {}, policyTypes: ['Egress', 'Ingress'] });

/** DNS lives in kube-system, on the node itself, or in the cloud. */
const allowDns = (component: string, namespace: string, resolvers: readonly string[]): OwnedManifest =>
  policy(component, namespace, 'allow-dns', {
    egress: [
      {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
        to: [
          { namespaceSelector: named(['kube-system']) },
          ...resolvers.map((cidr) => ({ ipBlock: { cidr } })),
        ],
      },
    ],
    podSelector: {},
    policyTypes: ['Egress'],
  });

const named = (namespaces: readonly string[]): JsonValue =>
  namespaces.length === 1
    ? { matchLabels: { 'kubernetes.io/metadata.name': namespaces[0] } }
    : inNamespaces(namespaces);

const tcp = (ports: Iterable<number>): JsonValue =>
  [...new Set(ports)].sort((a, b) => a - b).map((port) => ({ port, protocol: 'TCP' }));

const title = ({ component, role }: PodSet): string => `${component}-${role}`;

/** The two sides of each connection; the same roles in many namespaces share a policy on the side they have in common. */
function connections(component: string, flows: readonly Flow[], select: Select): OwnedManifest[] {
  const leaving = new Map<string, Side>();
  const entering = new Map<string, Side>();
  for (const { from, to, ports } of flows) {
    add(leaving, from, to, ports);
    add(entering, to, from, ports);
  }
  return [
    ...[...leaving.values()].map(({ at, peer, namespaces, ports }) =>
      policy(component, at.namespace, `${title(at)}-to-${title(peer)}`, {
        egress: [
          {
            ports: tcp(ports),
            to: [{ namespaceSelector: named([...namespaces]), podSelector: select(peer) }],
          },
        ],
        podSelector: select(at),
        policyTypes: ['Egress'],
      }),
    ),
    ...[...entering.values()].map(({ at, peer, namespaces, ports }) =>
      policy(component, at.namespace, `${title(at)}-from-${title(peer)}`, {
        ingress: [
          {
            from: [{ namespaceSelector: named([...namespaces]), podSelector: select(peer) }],
            ports: tcp(ports),
          },
        ],
        podSelector: select(at),
        policyTypes: ['Ingress'],
      }),
    ),
  ];
}

/** One end of connections between two roles. */
interface Side {
  readonly at: PodSet;
  readonly peer: PodSet;
  /** Namespaces in which the peer runs. */
  readonly namespaces: Set<string>;
  readonly ports: Set<number>;
}

function add(sides: Map<string, Side>, at: PodSet, peer: PodSet, ports: readonly number[]): void {
  const key = `${at.namespace}/${title(at)}/${title(peer)}`;
  const side = sides.get(key) ?? { at, peer, namespaces: new Set(), ports: new Set() };
  side.namespaces.add(peer.namespace);
  for (const port of ports) side.ports.add(port);
  sides.set(key, side);
}

/** Each pair of pods and destination once, however often it was asked for. */
const unique = (pairs: readonly { readonly from: PodSet; readonly to: Egress }[]): [PodSet, Egress][] => [
  ...new Map(
    pairs.map(({ from, to }) => [
      `${from.namespace}/${title(from)}/${to.name}`,
      [from, to] as [PodSet, Egress],
    ]),
  ).values(),
];

const outward = (component: string, from: PodSet, to: Egress, select: Select): OwnedManifest =>
  policy(component, from.namespace, `${title(from)}-to-${to.name}`, {
    egress: [{ ports: tcp(to.ports), to: to.cidrs.map((cidr) => ({ ipBlock: { cidr } })) }],
    podSelector: select(from),
    policyTypes: ['Egress'],
  });

/** API servers call from addresses that no selector names, so the port alone is opened. */
const webhook = (component: string, pods: PodSet, port: number, select: Select): OwnedManifest =>
  policy(component, pods.namespace, `${title(pods)}-from-api-server`, {
    ingress: [{ ports: tcp([port]) }],
    podSelector: select(pods),
    policyTypes: ['Ingress'],
  });
