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

export const excuses: readonly Excuse[] = [];
