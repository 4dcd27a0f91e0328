import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

/** A pod template as Spark reads it: what Spark sets itself is left out. */
export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Omit<k8s.PodSpec, 'containers'> & {
    readonly containers: readonly Omit<k8s.Container, 'resources' | 'image'>[];
  };
}

export interface SparkPodSpec {
  /** Cores as a whole number. */
  readonly cores?: number;
  /** CPU request, where it differs from the cores. */
  readonly coreRequest?: string;
  /** Heap, as Java writes it: `2g`. */
  readonly memory?: string;
  readonly serviceAccount?: string;
  /** Of the pod, as its template has them; what the operator gives to placeholders of a gang. */
  readonly affinity?: k8s.Affinity;
  readonly tolerations?: readonly k8s.Toleration[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly template?: PodTemplate;
}

export interface SparkApplicationSpec {
  readonly type: 'Java' | 'Scala' | 'Python' | 'R';
  readonly mode?: 'cluster';
  readonly sparkVersion: string;
  readonly image?: string;
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  readonly mainApplicationFile?: string;
  readonly mainClass?: string;
  readonly arguments?: readonly string[];
  readonly sparkConf?: Readonly<Record<string, string>>;
  /** Share of the heap that a pod gets beside it, as text: `0.4`. */
  readonly memoryOverheadFactor?: string;
  readonly restartPolicy?: {
    readonly type: 'Never' | 'OnFailure' | 'Always';
    readonly onFailureRetries?: number;
    /** Seconds. */
    readonly onFailureRetryInterval?: number;
    readonly onSubmissionFailureRetries?: number;
    /** Seconds. */
    readonly onSubmissionFailureRetryInterval?: number;
  };
  readonly dynamicAllocation?: {
    readonly enabled: boolean;
    readonly initialExecutors?: number;
    readonly minExecutors?: number;
    readonly maxExecutors?: number;
    readonly shuffleTrackingEnabled?: boolean;
  };
  readonly batchScheduler?: string;
  readonly batchSchedulerOptions?: { readonly queue?: string; readonly priorityClassName?: string };
  readonly driver: SparkPodSpec;
  readonly executor: SparkPodSpec & { readonly instances?: number };
  /** Seconds after its end at which the application is deleted. */
  readonly timeToLiveSeconds?: number;
}

export interface ScheduledSparkApplicationSpec {
  /** Cron expression. */
  readonly schedule: string;
  readonly timeZone?: string;
  readonly suspend?: boolean;
  readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace';
  readonly successfulRunHistoryLimit?: number;
  readonly failedRunHistoryLimit?: number;
  readonly template: SparkApplicationSpec;
}

interface Props<Spec> {
  readonly metadata: ApiObjectMetadata;
  readonly spec: Spec;
}

const API_VERSION = 'sparkoperator.k8s.io/v1beta2';

/** One run of a Spark program. */
export class SparkApplication extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<SparkApplicationSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'SparkApplication', ...props });
  }
}

/** Runs of a Spark program by the clock. */
export class ScheduledSparkApplication extends ApiObject {
  constructor(scope: Construct, id: string, props: Props<ScheduledSparkApplicationSpec>) {
    super(scope, id, { apiVersion: API_VERSION, kind: 'ScheduledSparkApplication', ...props });
  }
}
