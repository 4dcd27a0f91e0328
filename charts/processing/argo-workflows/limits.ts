/** What the program allows itself where it is told nothing. */
const OWN = { qps: 20, burst: 30 } as const;

/** For each pod that starts, with its part of the states of its workflow; one and a half were seen of a thousand pods. */
const REQUESTS_A_POD = 2;

/** Seconds within which all pods of all teams are asked for, were all their workflows submitted at once. */
const START = 60;

/** Requests a second to the API server that the controller may make, on average and at once. */
export interface ClientLimits {
  readonly qps: number;
  readonly burst: number;
}

/**
 * Limits with which the controller keeps up with so many pods that run at once: its own are for some hundred, and
 * after a loss of spot nodes thousands of steps would wait for it.
 */
export function clientLimits(pods: number): ClientLimits {
  const qps = Math.max(OWN.qps, Math.ceil((pods * REQUESTS_A_POD) / START));
  return { qps, burst: Math.ceil((qps * OWN.burst) / OWN.qps) };
}
