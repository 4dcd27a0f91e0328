/** A namespace that a component asks for. */
export interface NamespaceRequest {
  readonly name: string;
  /** Pod-security level; anything but `restricted` (the default) says why. */
  readonly podSecurity?: { readonly level: 'baseline' | 'privileged'; readonly reason: string };
  /** Most that all pods of the namespace may request together, and how many there may be. */
  readonly quota: { readonly cpu: string; readonly memory: string; readonly pods: number };
  readonly labels?: Readonly<Record<string, string>>;
}

/** Whether a namespace is its component's own: it has the same name. */
export const isHome = ({ name, component }: OwnedNamespace): boolean => name === component;

/** A namespace of a site, with the component that asked for it. */
export interface OwnedNamespace extends NamespaceRequest {
  readonly component: string;
}
