/** Does something with each of many things, so many of them at a time; results are in the order of the things. */
export async function pooled<Thing, Result>(
  things: readonly Thing[],
  atOnce: number,
  act: (thing: Thing) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  // One iterator for all: each takes the next thing when it has done one.
  const entries = things.entries();
  const work = async () => {
    for (const [at, thing] of entries) results[at] = await act(thing);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
