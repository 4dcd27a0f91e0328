/** The images of the platform that others are built from, by the argument that names them in a Dockerfile. */
const BASES = { SPARK_IMAGE: 'spark', NOTEBOOK_IMAGE: 'notebook' } as const;
export type Base = (typeof BASES)[keyof typeof BASES];

const FROM = /^\s*FROM\s+(?:--\S+\s+)*(?<source>\S+)(?:\s+AS\s+(?<stage>\S+))?\s*$/gim;

/** What the last stage of a Dockerfile is built from, through stages of its own; undefined where it has no stage. */
export function sourceOf(dockerfile: string): string | undefined {
  const stages = [...dockerfile.matchAll(FROM)].map(({ groups }) => groups);
  let at = stages.length - 1;
  for (;;) {
    const source = stages[at]?.source;
    // A stage can only be named after it was written.
    const before = stages
      .slice(0, at)
      .findIndex(({ stage } = {}) => stage?.toLowerCase() === source?.toLowerCase());
    if (before < 0) return source;
    at = before;
  }
}

/** The image of the platform that a Dockerfile is built from; undefined where it is built from something else. */
export function baseOf(dockerfile: string): Base | undefined {
  const argument = /^\$(?:\{(\w+)\}|(\w+))$/.exec(sourceOf(dockerfile) ?? '');
  const name = argument?.[1] ?? argument?.[2];
  return Object.entries(BASES).find(([key]) => key === name)?.[1];
}
