/** Why a role holds permissions that no request of the proof used. */
export interface Excuse {
  /** Kind and name of the role. */
  readonly role: string;
  /** As kubectl names them: `pods`, `leases.coordination.k8s.io`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly reason: string;
}

export const excuses: readonly Excuse[] = [];
