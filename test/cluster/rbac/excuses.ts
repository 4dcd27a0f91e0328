/** Why a role holds permissions that no request of the proof used. */
export interface Excuse {
  /** Kind and name of the role. */
  readonly role: string;
  /** As kubectl names them: `pods`, `leases.coordination.k8s.io`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Whether it is used now and then, by chance. Default: never, and once it is used the reason has to go. */
  readonly seldom?: true;
  /** When the program asks it, with the place in its source. */
  readonly reason: string;
}

/** The API server of the proofs asks it, too, and refuses what such a role lacks; the audit log tells requests only. */
const OWNERS =
  'Admission asks it within a request that gives an object an owner which waits for its end, as on OpenShift: ' +
  'Validate in plugin/pkg/admission/gc/gc_admission.go of Kubernetes';

const REPEATED =
  'An event that repeats itself is counted up, not made again: recordEvent in tools/record/event.go of client-go';

export const excuses: readonly Excuse[] = [
  {
    role: 'Role argo-workflow-controller',
    resources: ['workflows.argoproj.io'],
    verbs: ['get'],
    seldom: true,
    reason: 'Its state is written by two at once: reapplyUpdate in workflow/controller/operator.go',
  },
  {
    role: 'Role argo-workflow-controller',
    resources: ['pods'],
    verbs: ['get'],
    seldom: true,
    reason:
      'The pod is there already, as after a change of leader: createPodFromBuild in workflow/controller/workflowpod_submit.go',
  },
  {
    role: 'Role argo-workflow-controller',
    resources: ['workflowtasksets.argoproj.io'],
    verbs: ['patch'],
    reason:
      'A second step by HTTP is added to the tasks of the first: createTaskSet in workflow/controller/taskset.go',
  },
  {
    role: 'ClusterRole argo-server',
    resources: ['clusterworkflowtemplates.argoproj.io'],
    verbs: ['get'],
    reason:
      'It asks whether it may, and does without cluster templates where it may not: ' +
      'HasAccessToClusterWorkflowTemplates in util/rbac/rbac.go',
  },
  {
    role: 'Role argo-workflow-controller',
    resources: ['events'],
    verbs: ['patch'],
    seldom: true,
    reason: REPEATED,
  },
  {
    role: 'Role argo-workflow-controller',
    resources: [
      'workflows/finalizers.argoproj.io',
      'cronworkflows/finalizers.argoproj.io',
      'workflowartifactgctasks/finalizers.argoproj.io',
    ],
    verbs: ['update'],
    reason: OWNERS,
  },
  {
    role: 'Role workflow-spark-jobs',
    resources: ['workflows/finalizers.argoproj.io'],
    verbs: ['update'],
    reason: OWNERS,
  },
  {
    role: 'Role spark-operator-controller',
    resources: ['configmaps'],
    verbs: ['create'],
    reason:
      'spark-submit applies what is not there yet, which is allowed by `create` within a `patch`: createValidation in ' +
      'pkg/endpoints/handlers/patch.go of k8s.io/apiserver',
  },
  {
    role: 'Role spark-operator-controller',
    resources: ['pods', 'services'],
    verbs: ['delete'],
    seldom: true,
    reason:
      'What a try has left goes before the next: deleteSparkResources in internal/controller/sparkapplication/controller.go',
  },
  {
    role: 'Role spark-operator-controller',
    resources: ['events'],
    verbs: ['patch'],
    seldom: true,
    reason: REPEATED,
  },
  {
    role: 'Role spark-operator-controller',
    resources: [
      'sparkapplications/finalizers.sparkoperator.k8s.io',
      'scheduledsparkapplications/finalizers.sparkoperator.k8s.io',
    ],
    verbs: ['update'],
    reason: OWNERS,
  },
  {
    role: 'Role jupyterhub-hub',
    resources: ['persistentvolumeclaims'],
    verbs: ['get'],
    reason:
      'A quota refuses a home that may be there already: _make_create_pvc_request in kubespawner/spawner.py of KubeSpawner',
  },
  {
    role: 'Role controller-manager',
    resources: [
      'eventbus/finalizers.argoproj.io',
      'eventsources/finalizers.argoproj.io',
      'sensors/finalizers.argoproj.io',
    ],
    verbs: ['update'],
    reason: OWNERS,
  },
  {
    role: 'Role controller-manager',
    resources: ['deployments.apps', 'statefulsets.apps', 'services', 'configmaps'],
    verbs: ['update'],
    reason:
      'What dist says of it has changed: Reconcile in pkg/reconciler/eventsource/resource.go and .../sensor/resource.go, ' +
      'and pkg/reconciler/eventbus/installer/jetstream.go',
  },
  {
    role: 'Role controller-manager',
    resources: ['services'],
    verbs: ['delete'],
    reason:
      'A source has another Service, or none any more: Reconcile in pkg/reconciler/eventsource/resource.go',
  },
  {
    role: 'Role controller-manager',
    resources: ['secrets'],
    verbs: ['delete'],
    reason:
      'One of the two Secrets of a bus is gone: createSecrets in pkg/reconciler/eventbus/installer/jetstream.go',
  },
  {
    role: 'Role controller-manager',
    resources: ['persistentvolumeclaims'],
    verbs: ['list', 'watch', 'delete'],
    reason: 'A bus is deleted: uninstallPVCs in pkg/reconciler/eventbus/installer/jetstream.go',
  },
  {
    role: 'Role controller-manager',
    resources: ['events'],
    verbs: ['patch'],
    seldom: true,
    reason: REPEATED,
  },
];
