export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Does something again and again while asked to; that the API server is away for a while is no reason to stop. */
export async function repeat(
  isWanted: () => boolean,
  everyMs: number,
  act: () => Promise<void>,
): Promise<void> {
  while (isWanted()) {
    try {
      await act();
    } catch {
      // The next time may be better.
    }
    await pause(everyMs);
  }
}

/**
 * Asks until the answer is something, and returns it.
 * @throws with `what`, the time and the last error or answer of `state`, where that does not happen in time
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  options: { readonly timeoutMs: number; readonly everyMs?: number; readonly state?: () => string },
): Promise<T> {
  const deadline = Date.now() + options.timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= deadline) break;
    await pause(options.everyMs ?? 200);
  }
  const state = last instanceof Error ? last.message : options.state?.();
  throw new Error(`${what} did not happen in ${options.timeoutMs / 1000} s${state ? `: ${state}` : ''}`);
}
