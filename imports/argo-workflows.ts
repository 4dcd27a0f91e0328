import type { ICronWorkflowSpec } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/CronWorkflowSpec';
import type { IWorkflowSpec } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/WorkflowSpec';
import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** Specs of the kinds, for those who build parts of them. Types only: nothing of the package is loaded. */
export type { ICronWorkflowSpec as CronWorkflowSpec } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/CronWorkflowSpec';
export type { IParameter as Parameter } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/Parameter';
export type { IRetryStrategy as RetryStrategy } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/RetryStrategy';
export type { ITemplate as Template } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/Template';
export type { IWorkflowSpec as WorkflowSpec } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/WorkflowSpec';

/** A custom resource as it is written: name, and a spec whose fields the compiler checks. */
export interface Props<Spec> {
  readonly metadata: ApiObjectMetadata;
  readonly spec: Spec;
}

const API_VERSION = 'argoproj.io/v1alpha1';

/** Templates that workflows of one namespace refer to, or run as a whole. */
export class WorkflowTemplate extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<IWorkflowSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'WorkflowTemplate', ...props });
  }
}

/** Templates that workflows of every namespace refer to. */
export class ClusterWorkflowTemplate extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<IWorkflowSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'ClusterWorkflowTemplate', ...props });
  }
}

/** A workflow that starts when it is applied. */
export class Workflow extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<IWorkflowSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'Workflow', ...props });
  }
}

/** A workflow that starts by the clock. */
export class CronWorkflow extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<ICronWorkflowSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'CronWorkflow', ...props });
  }
}
