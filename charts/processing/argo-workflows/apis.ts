import type { Apis, CustomKind } from '../../../core/component';
import { podLabels } from '../../../core/labels';
import type { Manifest } from '../../../core/manifest';
import type { Container, PodSpec, PodTemplate, Volume } from '../../../core/pods';
import type { Reference } from '../../../core/references';
import { PRIORITIES, restrictedContainer, restrictedPod } from '../../../core/workload';
import { EXECUTOR_REQUEST } from './configuration';
import { STEP_REQUEST } from './settings';
import { IMAGES, USER, WORKFLOW_ACCOUNT, WORKFLOW_ROLE } from './workload';

const GROUP = 'argoproj.io';

/** Requests as a manifest has them. */
const resources = ({
  cpu,
  memory,
  memoryLimit = memory,
}: {
  cpu: string;
  memory: string;
  memoryLimit?: string;
}) => ({
  requests: { cpu, memory },
  limits: { memory: memoryLimit },
});

/** The controller's defaults of a step's container; the requests are those of a site that does not change them. */
const STEP = { resources: resources(STEP_REQUEST), securityContext: restrictedContainer() };

const executor = (name: string): Container => ({
  name,
  image: IMAGES.executor,
  resources: resources(EXECUTOR_REQUEST),
  securityContext: restrictedContainer(),
});

/** What a template or a workflow says of its pods. */
interface PodFields
  extends Pick<PodSpec, 'affinity' | 'nodeSelector' | 'tolerations' | 'serviceAccountName'> {
  readonly securityContext?: PodSpec['securityContext'];
  readonly volumes?: readonly Volume[];
}

interface Labelled {
  readonly labels?: Readonly<Record<string, string>>;
}

interface Template extends PodFields {
  readonly name?: string;
  readonly metadata?: Labelled;
  readonly priorityClassName?: string;
  readonly container?: Container;
  readonly script?: Container;
  readonly containerSet?: { readonly containers: readonly Container[] };
  readonly resource?: object;
  readonly data?: object;
  readonly initContainers?: readonly Container[];
  readonly sidecars?: readonly Container[];
}

interface Spec extends PodFields {
  readonly templates?: readonly Template[];
  readonly podMetadata?: Labelled;
  readonly podPriorityClassName?: string;
}

/** The containers of a step; none for a template that makes no pod, such as steps or a graph. */
function main({ container, script, containerSet, resource, data }: Template): readonly Container[] {
  // The executor itself does what these two say.
  if (resource ?? data) return [executor('main')];
  return (containerSet?.containers ?? [container ?? script])
    .filter((each) => each !== undefined)
    .map((each) => ({ ...STEP, ...each }));
}

/** Pods that the controller makes of the templates in a specification, with its defaults filled in. */
function pods({ metadata: { namespace } }: Manifest, spec: Spec, path: string): PodTemplate[] {
  return (spec.templates ?? []).flatMap((template, index): PodTemplate[] => {
    const containers = main(template);
    if (containers.length === 0) return [];
    const { affinity = spec.affinity, nodeSelector = spec.nodeSelector } = template;
    const { tolerations = spec.tolerations, serviceAccountName = spec.serviceAccountName } = template;
    const others = (list: readonly Container[] = []) => list.map((each) => ({ ...STEP, ...each }));
    return [
      {
        path: `${path}.templates[${template.name ?? index}]`,
        labels: {
          ...podLabels('argo-workflows', WORKFLOW_ROLE),
          ...spec.podMetadata?.labels,
          ...template.metadata?.labels,
        },
        spec: {
          ...(affinity ? { affinity } : {}),
          ...(nodeSelector ? { nodeSelector } : {}),
          ...(tolerations ? { tolerations } : {}),
          // A template of the cluster has no account and no token: it runs with those of whoever refers to it.
          ...(namespace
            ? {
                automountServiceAccountToken: true,
                serviceAccountName: serviceAccountName ?? WORKFLOW_ACCOUNT,
              }
            : { automountServiceAccountToken: false }),
          priorityClassName: template.priorityClassName ?? spec.podPriorityClassName ?? PRIORITIES.batch,
          securityContext: template.securityContext ?? spec.securityContext ?? restrictedPod(USER),
          initContainers: [executor('init'), ...others(template.initContainers)],
          containers: [executor('wait'), ...containers, ...others(template.sidecars)],
          volumes: [...(spec.volumes ?? []), ...(template.volumes ?? [])],
        },
      },
    ];
  });
}

interface TemplateReference {
  readonly name: string;
  readonly clusterScope?: boolean;
}

/** Templates that something refers to, at any depth: as a whole, or one of them as a step, task or hook. */
function references(value: unknown, namespace: string | undefined, path: string): Reference[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]): Reference[] => {
    const here = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    if (key !== 'templateRef' && key !== 'workflowTemplateRef') return references(member, namespace, here);
    // The kind tells the shape: the API server refuses such a field of any other.
    const { name, clusterScope } = member as TemplateReference;
    const kind = clusterScope ? 'ClusterWorkflowTemplate' : 'WorkflowTemplate';
    return [{ group: GROUP, kind, namespace: clusterScope ? undefined : namespace, name, path: here }];
  });
}

/** A kind with the specification of a workflow in one of its fields. */
const workflowKind = (scope: CustomKind['scope'], field: 'spec' | 'spec.workflowSpec'): CustomKind => {
  // The kind tells the shape: the API server refuses such an object of any other.
  const specOf = ({ spec }: Manifest) =>
    (field === 'spec'
      ? spec
      : (spec as unknown as { workflowSpec?: unknown }).workflowSpec) as unknown as Spec;
  return {
    scope,
    pods: (manifest) => pods(manifest, specOf(manifest), field),
    references(manifest) {
      const { namespace } = manifest.metadata;
      const { serviceAccountName: name } = specOf(manifest);
      const account =
        name && namespace ? [{ group: '', kind: 'ServiceAccount', namespace, name, path: field }] : [];
      return [...references(specOf(manifest), namespace, field), ...account];
    },
  };
};

/** The kinds that the CRDs bring; other products have kinds of the same group. */
export const apis: Apis = {
  group: GROUP,
  kinds: {
    Workflow: workflowKind('Namespaced', 'spec'),
    WorkflowTemplate: workflowKind('Namespaced', 'spec'),
    ClusterWorkflowTemplate: workflowKind('Cluster', 'spec'),
    CronWorkflow: workflowKind('Namespaced', 'spec.workflowSpec'),
    WorkflowArtifactGCTask: { scope: 'Namespaced' },
    WorkflowEventBinding: { scope: 'Namespaced' },
    WorkflowTaskResult: { scope: 'Namespaced' },
    WorkflowTaskSet: { scope: 'Namespaced' },
  },
};
