/** The time that a run was given is over. */
export class TimeOver extends Error {
  override readonly name = 'TimeOver';

  constructor(readonly minutes: number) {
    super(`the ${minutes} minutes of --minutes were over`);
  }
}

/** Aborts with {@link TimeOver} after some minutes; the timer keeps no process alive. */
export function timeOf(minutes: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new TimeOver(minutes)), minutes * 60_000).unref();
  return controller.signal;
}

/**
 * What a promise gives, while there is time.
 * @throws TimeOver where the time ends first; what then comes of the promise is of no interest any more
 */
export async function withinTime<T>(promise: Promise<T>, time: AbortSignal | undefined): Promise<T> {
  if (!time) return promise;
  let stop = (): void => undefined;
  const end = new Promise<never>((_, reject) => {
    stop = () => reject(time.reason);
    if (time.aborted) stop();
    else time.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([promise, end]);
  } finally {
    time.removeEventListener('abort', stop);
  }
}
