import { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from './chart';
import type { Identity } from './cloud';

/** What a role may do: verbs on resources of one API group, in the order a reviewer reads it. */
export interface Permission {
  /** Empty for the core group. */
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Only objects of these names. */
  readonly names?: readonly string[];
}

/** Who gets a role: a ServiceAccount, in the component's home namespace unless another is named. */
export interface Account {
  readonly name: string;
  readonly namespace?: string;
  /** Whether pods have its token that do not say it themselves: for controllers that make pods and have no field for it. Default: false. */
  readonly token?: boolean;
}

const policyRules = (permissions: readonly Permission[]): k8s.PolicyRule[] =>
  permissions.map(({ group, resources, verbs, names }) => ({
    apiGroups: [group],
    resources: [...resources],
    verbs: [...verbs],
    ...(names ? { resourceNames: [...names] } : {}),
  }));

/** A ServiceAccount, by default without a mounted token: pods that call the API server ask for it themselves. */
export function serviceAccount(chart: ComponentChart, account: Account, identity?: Identity): void {
  const namespace = account.namespace ?? chart.home;
  const annotations = identity?.serviceAccountAnnotations ?? {};
  new k8s.KubeServiceAccount(chart, `account-${namespace}-${account.name}`, {
    metadata: {
      name: account.name,
      namespace,
      ...(Object.keys(annotations).length > 0 ? { annotations: { ...annotations } } : {}),
    },
    automountServiceAccountToken: account.token ?? false,
  });
}

/** A Role in one namespace and its binding to a ServiceAccount. */
export function role(
  chart: ComponentChart,
  name: string,
  account: Account,
  permissions: readonly Permission[],
  namespace = chart.home,
): void {
  const metadata = { name, namespace };
  new k8s.KubeRole(chart, `role-${namespace}-${name}`, { metadata, rules: policyRules(permissions) });
  new k8s.KubeRoleBinding(chart, `role-binding-${namespace}-${name}`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace ?? chart.home }],
  });
}

/** A ClusterRole and its binding to a ServiceAccount in the whole cluster. */
export function clusterRole(
  chart: ComponentChart,
  name: string,
  account: Account,
  permissions: readonly Permission[],
): void {
  new k8s.KubeClusterRole(chart, `cluster-role-${name}`, {
    metadata: { name },
    rules: policyRules(permissions),
  });
  bindClusterRole(chart, name, account, name);
}

/** Gives a ServiceAccount a ClusterRole in the whole cluster, such as one that every cluster has. */
export function bindClusterRole(chart: ComponentChart, name: string, account: Account, role: string): void {
  new k8s.KubeClusterRoleBinding(chart, `cluster-role-binding-${name}`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace ?? chart.home }],
  });
}
