import { App, Chart } from 'cdk8s';
import type { Cloud } from '../../core/cloud';
import type { Manifest } from '../../core/manifest';
import { InputError, type Problem } from '../../core/problem';
import type { Upstream } from '../../core/upstream';

/** What a cloud writes to get its nodes, by «Kind name», and what must run for that. */
export function nodesOf(cloud: Cloud): { objects: ReadonlyMap<string, Spec>; upstream: readonly Upstream[] } {
  const chart = new Chart(new App(), 'nodes');
  const upstream = cloud.nodePools(chart);
  const manifests = chart.toJson() as Manifest[];
  // Tests look into specs of many kinds; a field that is not there fails the test.
  const objects = new Map(manifests.map((each) => [`${each.kind} ${each.metadata.name}`, each.spec as Spec]));
  return { objects, upstream };
}

// biome-ignore lint/suspicious/noExplicitAny: specs of kinds as they are rendered, of which each test knows one
export type Spec = any;

/** The one problem that options of a cloud have; each must say what to do. */
export function refusal(make: () => unknown): Problem {
  try {
    make();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.problems).toHaveLength(1);
    const [problem] = error.problems as [Problem];
    expect(problem.remedy).toMatch(/\S/);
    return problem;
  }
  throw new Error('nothing was refused');
}

/** A value where the types of an option would refuse it; JavaScript and hurried people do not. */
// biome-ignore lint/suspicious/noExplicitAny: stands for any wrong value
export const wrong = (value: unknown): any => value;

/** A requirement of a NodePool. */
export const requirement = (pool: Spec, key: string): Spec =>
  pool.template.spec.requirements.find((each: Spec) => each.key === key);
