import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { ComponentChart } from './chart';
import { type NodeTerm, SPREAD_LABEL } from './placement';

export interface PlacementPolicyProps {
  /** Name of the policy and of its binding, in the whole cluster. */
  readonly name: string;
  /** Namespaces in which it holds. */
  readonly namespaces: readonly string[];
  /** Pods of which it holds, by labels that their controllers put on them. */
  readonly pods: k8s.LabelSelector;
  /** Terms of which one must match a node for the pod to run there. */
  readonly terms: readonly NodeTerm[];
  /** What whoever made the pod is told: one sentence with the remedy. */
  readonly message: string;
  /** Whether the pods must also be split over slots, as {@link import('./placement').mixed} pods are. Default: no. */
  readonly split?: boolean;
}

/** The API of Kubernetes 1.30; the typed constructs are of an older one. */
const API_VERSION = 'admissionregistration.k8s.io/v1';

export interface AdmissionPolicyProps {
  /** Name of the policy and of its binding, in the whole cluster. */
  readonly name: string;
  /** Requests that it judges, as `matchConstraints` of the API. */
  readonly constraints: object;
  /** Expressions that all must hold for a request to be judged. Default: none. */
  readonly conditions?: readonly Named[];
  readonly variables: readonly Named[];
  readonly validations: readonly Validation[];
}

interface Validation {
  /** In CEL; it must hold. */
  readonly expression: string;
  /** What is told where it does not: one sentence with the remedy. */
  readonly message: string;
  /** How the answer names the fault, for programs. Default: Forbidden. */
  readonly reason?: 'Forbidden' | 'Invalid';
}

/** An expression in CEL. */
interface Named {
  readonly name: string;
  readonly expression: string;
}

/** Has the API server refuse requests that break a rule, or that it cannot judge. */
export function admissionPolicy(chart: ComponentChart, props: AdmissionPolicyProps): void {
  const { name, constraints, conditions, variables, validations } = props;
  new ApiObject(chart, `policy-${name}`, {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: constraints,
      ...(conditions ? { matchConditions: conditions } : {}),
      variables,
      validations: validations.map((each) => ({ reason: 'Forbidden', ...each })),
    },
  });
  new ApiObject(chart, `policy-binding-${name}`, {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  });
}

/**
 * Has the API server refuse pods that could run on other nodes than the terms say: what a team makes itself is then
 * placed like what the platform makes.
 */
export function requirePlacement(chart: ComponentChart, props: PlacementPolicyProps): void {
  const { name, namespaces, pods, terms, message, split = false } = props;
  admissionPolicy(chart, {
    name,
    constraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      namespaceSelector: inNamespaces(namespaces),
      objectSelector: pods,
    },
    variables: [{ name: 'terms', expression: REQUIRED_TERMS }],
    validations: [
      { expression: within(terms), message },
      ...(split ? [{ expression: SPREAD_OVER_SLOTS, message }] : []),
    ],
  });
}

/** No slot may have more than one pod above the emptiest. */
const SPREAD_OVER_SLOTS = `object.spec.?topologySpreadConstraints.orValue([]).exists(c, ${[
  `c.topologyKey == ${JSON.stringify(SPREAD_LABEL)}`,
  'c.maxSkew == 1',
  'c.whenUnsatisfiable == "DoNotSchedule"',
].join(' && ')})`;

/** Selects namespaces by their names. */
export const inNamespaces = (names: readonly string[]) =>
  ({
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [...names].sort() }],
  }) satisfies k8s.LabelSelector;

const REQUIRED_TERMS = [
  'object.spec.?affinity.?nodeAffinity.?requiredDuringSchedulingIgnoredDuringExecution',
  '?nodeSelectorTerms.orValue([])',
].join('.');

/** Every term of the pod holds all expressions of one of ours, so it matches no node that ours do not. */
function within(terms: readonly NodeTerm[]): string {
  const one = terms.map((term) => `(${term.map(narrows).join(' && ')})`).join(' || ');
  return `variables.terms.size() > 0 && variables.terms.all(term, ${one})`;
}

/** The term of the pod has an expression that lets in no value that this one keeps out. */
function narrows({ key, operator, values = [] }: k8s.NodeSelectorRequirement): string {
  const ours = JSON.stringify(values);
  const same = `e.key == ${JSON.stringify(key)} && e.operator == ${JSON.stringify(operator)}`;
  const theirs = 'e.?values.orValue([])';
  const fits =
    operator === 'In'
      ? ` && ${theirs}.all(v, v in ${ours})`
      : operator === 'NotIn'
        ? ` && ${ours}.all(v, v in ${theirs})`
        : '';
  return `term.?matchExpressions.orValue([]).exists(e, ${same}${fits})`;
}
