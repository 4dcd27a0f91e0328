import os from 'node:os';
import type { Say } from './binaries';

/** Something that must end with this process. */
export interface Mortal {
  stop(): Promise<void>;
}

const alive = new Set<Mortal>();

/** Ends a thing when this process is told to end; returns what forgets it again. */
export function endWithProcess(thing: Mortal): () => void {
  alive.add(thing);
  return () => alive.delete(thing);
}

let ending = false;

/** Whether this process was told to end: what fails from then on fails for that. */
export const isEnding = (): boolean => ending;

/** From here on, Ctrl-C and other signals end everything that was started, and then this process. */
export function endOnSignals(say: Say): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      say(`${signal}: ending what was started`);
      void endAll().finally(() => process.exit(128 + os.constants.signals[signal]));
    });
  }
}

/** Ends everything that must end with this process, the last first. */
export async function endAll(): Promise<void> {
  for (const thing of [...alive].reverse()) {
    alive.delete(thing);
    await thing.stop();
  }
}
