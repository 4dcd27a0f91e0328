import type { Api, Resource } from '../api';

const APPLICATIONS = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';

export interface Application extends Resource {
  readonly metadata: Resource['metadata'] & { readonly creationTimestamp: string };
  readonly spec: { readonly source: { readonly repoURL: string; readonly chart?: string } };
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string; readonly message?: string };
    readonly operationState?: {
      readonly phase?: string;
      readonly message?: string;
      readonly startedAt?: string;
      readonly finishedAt?: string;
      readonly syncResult?: { readonly revision?: string };
    };
    readonly history?: readonly {
      readonly id: number;
      readonly deployedAt: string;
      readonly revision: string;
    }[];
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly resources?: readonly {
      readonly kind: string;
      readonly namespace?: string;
      readonly name: string;
      readonly status?: string;
      readonly health?: { readonly status?: string; readonly message?: string };
    }[];
  };
}

export const readApplications = (api: Api): Promise<Application[]> => api.list<Application>(APPLICATIONS);

export const readApplication = (api: Api, name: string): Promise<Application> =>
  api.get<Application>(`${APPLICATIONS}/${name}`);

const REFRESH = 'argocd.argoproj.io/refresh';

/** Asks Argo CD to look at Git now, as a webhook of the Git server does; it looks every few minutes otherwise. */
export async function refresh(api: Api, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await api.patch(`${APPLICATIONS}/${name}`, {
      metadata: { annotations: { [REFRESH]: 'normal' } },
    });
  }
}

/** Whether it is still asked to. */
export const isAsked = ({ metadata }: Application): boolean => metadata.annotations?.[REFRESH] !== undefined;

export const waveOf = ({ metadata }: Resource): number =>
  Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);

/** Synced and healthy, and nothing is under way; where all was there before, nothing had to be done. */
export const isSettled = ({ status }: Application): boolean =>
  status?.sync?.status === 'Synced' &&
  status.health?.status === 'Healthy' &&
  ['Succeeded', undefined].includes(status.operationState?.phase);

/** Where an Application stands, in one line. */
export function describe({ metadata, status = {} }: Application): string {
  const { sync, health, operationState, conditions = [], resources = [] } = status;
  const open = resources
    .filter((each) => each.status !== 'Synced' || !['Healthy', undefined].includes(each.health?.status))
    .map(({ kind, name, status: state, health: its }) =>
      `${kind} ${name} ${state ?? ''} ${its?.status ?? ''} ${its?.message ?? ''}`.trimEnd(),
    );
  return [
    `${metadata.name}: ${sync?.status ?? 'not compared'}, ${health?.status ?? 'health unknown'}`,
    ...(operationState && operationState.phase !== 'Succeeded'
      ? [`${operationState.phase}: ${operationState.message}`]
      : []),
    ...conditions.map(({ type, message }) => `${type}: ${message}`),
    ...open.slice(0, 5),
  ].join('; ');
}
