/** A place that other pods connect to: a port of a Service. */
export interface Endpoint {
  readonly component: string;
  /** The Service's name; it lies in the component's home namespace. */
  readonly service: string;
  /** The Service's port. */
  readonly port: number;
  /** The port of the pods behind it; the Service's port by default. */
  readonly targetPort?: number;
  readonly scheme: string;
  /** The role of the pods behind the Service. */
  readonly role: string;
}

/** An endpoint, to be exported by its owner and imported by whoever connects. */
export const endpoint = (definition: Endpoint): Endpoint => Object.freeze(definition);

/** An endpoint as a client writes it down. */
export interface Address {
  /** Name that every pod of the cluster resolves: `service.namespace.svc`. */
  readonly host: string;
  readonly port: number;
  /** `scheme://host:port` */
  readonly uri: string;
}

export function addressOf({ service, component, port, scheme }: Endpoint): Address {
  const host = `${service}.${component}.svc`;
  return { host, port, uri: `${scheme}://${host}:${port}` };
}
