import { isDeepStrictEqual } from 'node:util';
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Bucket } from './bucket';
import type { Egress, Identity, IdentitySecret, Purpose } from './cloud';
import { type Address, addressOf, type Endpoint } from './endpoint';
import { objectLabels } from './labels';
import type { AgingRule, Need } from './lifecycle';
import { isHome } from './namespace';
import type { Access, Grant } from './object-store';
import type { Placement } from './placement';
import { parseQuantity } from './quantity';
import type { Identifier } from './references';
import type { Scale } from './scale';
import type { Site } from './site';
import type { Upstream } from './upstream';

/** Pods of one role in one namespace. */
export interface PodSet {
  readonly component: string;
  readonly role: string;
  readonly namespace: string;
}

/** Traffic between pods of the cluster; becomes an egress policy on one side and an ingress policy on the other. */
export interface Flow {
  readonly from: PodSet;
  readonly to: PodSet;
  /** TCP ports of the receiving pods. */
  readonly ports: readonly number[];
}

/** Compute that is requested by pods of one kind. */
export interface Demand {
  /** Names the demand in tables: «executors». */
  readonly name: string;
  readonly placement: Placement;
  readonly namespace: string;
  /** Requests of one pod: cores and bytes. */
  readonly cpu: number;
  readonly memory: number;
  readonly pods: Scale;
}

/** Requests of one pod of a role, as Kubernetes writes quantities, and how many there are. */
export interface RoleCompute {
  readonly cpu: string;
  readonly memory: string;
  readonly pods: Scale;
}

/** A reference that nothing of the site satisfies, and why that is right. */
export interface External {
  readonly reference: Identifier;
  readonly reason: string;
}

/** A Secret in which pods of a namespace expect the keys of their identity. */
export interface IdentityKeys {
  readonly namespace: string;
  readonly secret: IdentitySecret;
}

/** A database that pods keep something in, with a role of its own, whose name is the same. */
export interface Database {
  /** kebab-case. */
  readonly name: string;
  /** Connections that all pods together keep open. Default: they share those of others. */
  readonly connections?: number;
}

/** A topic of messages that the overlay names. */
export interface Topic {
  /** The team that writes it. */
  readonly team: string;
  /** Name after the team. */
  readonly name: string;
  /** Other teams that read it. */
  readonly readers: readonly string[];
}

/** What a component says beside its objects. */
export interface Recorded {
  /** Components that it connects to, by name. */
  readonly needs: Set<string>;
  readonly flows: Flow[];
  readonly egress: { readonly from: PodSet; readonly to: Egress }[];
  /** Pods that call the API server. */
  readonly apiClients: PodSet[];
  /** Pods that the API server calls: webhooks. */
  readonly webhooks: { readonly pods: PodSet; readonly port: number }[];
  readonly grants: Grant[];
  /** How long what it writes is kept, where the overlay says nothing of the bucket. */
  readonly aging: { readonly bucket: Bucket; readonly rule: AgingRule }[];
  /** What must stay in buckets, and how long. */
  readonly kept: Need[];
  /** Keys that grants want, once for each grant; whoever brings secrets has them made. */
  readonly keys: IdentityKeys[];
  /** Databases that it uses; whoever brings databases makes them. */
  readonly databases: Database[];
  /** Topics that it has made; whoever reads all of them is told so. */
  readonly topics: Topic[];
  readonly demands: Demand[];
  readonly externals: External[];
  readonly upstream: Upstream[];
  /** Resources of custom kinds whose replicas are changed while they run. */
  readonly scaled: ScaledResource[];
}

/** A kind as the API server spells it in a path. */
export interface ScaledResource {
  readonly group: string;
  /** Plural, in lower case. */
  readonly resource: string;
}

/** The chart that a component fills: objects as constructs, everything else by its methods. */
export class ComponentChart extends Chart {
  readonly recorded: Recorded = {
    needs: new Set(),
    flows: [],
    egress: [],
    apiClients: [],
    webhooks: [],
    grants: [],
    aging: [],
    kept: [],
    keys: [],
    databases: [],
    topics: [],
    demands: [],
    externals: [],
    upstream: [],
    scaled: [],
  };

  constructor(
    scope: Construct,
    readonly component: string,
    readonly site: Site,
    readonly placements: Readonly<Record<string, Placement>>,
    private readonly labelsOf: (role: string) => Record<string, string>,
  ) {
    super(scope, component, { disableResourceNameHashes: true, labels: objectLabels(component) });
  }

  /** The component's own namespace. */
  get home(): string {
    const home = this.site.namespaces.find((each) => each.component === this.component && isHome(each));
    if (!home) throw new Error(`component ${this.component} declares no namespace of its own name`);
    return home.name;
  }

  /** Where pods of a role run. */
  placement(role: string): Placement {
    const placement = this.placements[role];
    if (placement === undefined) {
      throw new Error(`component ${this.component} uses the role "${role}", which its pods do not declare`);
    }
    return placement;
  }

  /** Pods of a role, in the home namespace unless another is named. */
  pods(role: string, namespace?: string): PodSet {
    this.placement(role);
    return { component: this.component, role, namespace: namespace ?? this.home };
  }

  /** Labels by which pods of a role are selected. */
  podLabels(role: string): Record<string, string> {
    return this.labelsOf(role);
  }

  /** Lets pods connect to an endpoint, and puts its owner before this component. */
  connect(to: Endpoint, ...from: readonly PodSet[]): Address {
    if (to.component !== this.component) this.recorded.needs.add(to.component);
    const target = { component: to.component, role: to.role, namespace: to.component };
    for (const pods of from) this.allow(pods, target, to.targetPort ?? to.port);
    return addressOf(to);
  }

  /** The same where the owner is part of the site; else nothing is recorded and there is no address. */
  connectIfOn(to: Endpoint, ...from: readonly PodSet[]): Address | undefined {
    return this.site.isOn(to.component) ? this.connect(to, ...from) : undefined;
  }

  /** Puts another component before this one, though nothing connects to it: what it makes is used outside of objects. */
  follow(component: string): void {
    this.recorded.needs.add(component);
  }

  /** Lets pods connect to other pods that have no endpoint. */
  allow(from: PodSet, to: PodSet, ...ports: readonly number[]): void {
    this.recorded.flows.push({ from, to, ports });
  }

  /** Lets pods reach something outside the cluster. */
  reach(from: PodSet, to: Egress): void {
    this.recorded.egress.push({ from, to });
  }

  /** Lets pods call the API server. */
  useApiServer(pods: PodSet): void {
    this.recorded.apiClients.push(pods);
  }

  /** Lets the API server call a webhook on a port of the pods. */
  serveApiServer(pods: PodSet, port: number): void {
    this.recorded.webhooks.push({ pods, port });
  }

  /**
   * Gives the pods of a ServiceAccount a permission on buckets, and lets them reach the object store.
   * @returns how they prove who they are; the same for every grant of one ServiceAccount
   */
  grant(pods: PodSet, serviceAccount: string, access: Access, ...buckets: readonly Bucket[]): Identity {
    const { namespace } = pods;
    const { cloud } = this.site;
    for (const bucket of buckets) this.recorded.grants.push({ namespace, serviceAccount, bucket, access });
    const identity = cloud.identity({ namespace, serviceAccount });
    for (const to of [...cloud.objectStoreEgress, ...cloud.identityEgress]) this.reach(pods, to);
    const store = cloud.objectStore.inCluster;
    if (store) {
      this.recorded.needs.add(store.component);
      const gateways = { component: store.component, role: store.role, namespace: store.component };
      this.allow(pods, gateways, store.port);
    }
    if (identity.secret) this.recorded.keys.push({ namespace, secret: identity.secret });
    return identity;
  }

  /** Has objects below paths of a bucket go or move as they age, unless the overlay says itself what happens there. */
  age(bucket: Bucket, rule: AgingRule): void {
    this.recorded.aging.push({ bucket, rule });
  }

  /** Says that something in a bucket must stay, and be read at once: a lifecycle that would take it fails. */
  keep(need: Need): void {
    // What each team of a site needs may be the same.
    if (!this.recorded.kept.some((each) => isDeepStrictEqual(each, need))) this.recorded.kept.push(need);
  }

  /**
   * Lets the pods of a ServiceAccount prove who they are to the cloud, for rights other than those on buckets.
   * @returns how they prove it
   */
  identify(pods: PodSet, serviceAccount: string, purpose: Exclude<Purpose, 'object-store'>): Identity {
    const { cloud } = this.site;
    for (const to of cloud.identityEgress) this.reach(pods, to);
    return cloud.identity({ namespace: pods.namespace, serviceAccount, purpose });
  }

  /** Declares compute that no object of the chart shows: pods that a controller makes, or a range of replicas. */
  demand(demand: Demand): void {
    this.recorded.demands.push(demand);
  }

  /** Declares pods of the home namespace by their role. */
  demandByRole(compute: Readonly<Record<string, RoleCompute>>): void {
    for (const [role, { cpu, memory, pods }] of Object.entries(compute)) {
      this.demand({
        name: role,
        placement: this.placement(role),
        namespace: this.home,
        cpu: parseQuantity(cpu),
        memory: parseQuantity(memory),
        pods,
      });
    }
  }

  /** Declares that a named object comes from outside the site. */
  external(reference: Identifier, reason: string): void {
    this.recorded.externals.push({ reference, reason });
  }

  /** Has Argo CD take something from its publisher, before this component. */
  upstream(upstream: Upstream): void {
    this.recorded.upstream.push(upstream);
  }
}
