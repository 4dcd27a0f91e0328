import { builtInPods } from '../../../core/pods';
import { scripts } from '../../../package.json';
import { type Finding, type Scene, type Verdict, verdictOf } from '../proof';
import type { Column } from '../record';
import type { DistComponent } from '../site';

/** Columns that are filled by running the controllers of a component. */
export const COLUMNS = ['controller', 'configuration', 'used'] as const satisfies readonly Column[];

/** Run by proofs of their own. */
const ELSEWHERE: readonly string[] = ['argo-events', 'argocd', 'jupyterhub'];

/** What was found out by running controllers, by component and column. */
export class Book {
  readonly figures: string[] = [];
  private readonly problems = new Map<string, string[]>();

  /** @param run components whose controllers are run */
  constructor(
    private readonly scene: Scene,
    private readonly run: readonly string[],
  ) {}

  /** Notes that something was tried, and what went wrong with it. */
  report(component: string, column: Column, ...problems: readonly string[]): void {
    const key = `${component} ${column}`;
    this.problems.set(key, [...(this.problems.get(key) ?? []), ...problems]);
  }

  /** Does one thing that tells what is wrong, and notes that or how long it took. */
  async try(
    component: string,
    column: Column,
    what: string,
    act: () => Promise<readonly string[]>,
  ): Promise<void> {
    await this.make(component, column, what, async () => {
      const problems = await act();
      if (problems.length > 0) throw new Error(problems.join('; '));
    });
  }

  /** Makes one thing, and notes how long it took or why there is none. */
  async make<T>(
    component: string,
    column: Column,
    what: string,
    act: () => Promise<T>,
  ): Promise<T | undefined> {
    const { say, site } = this.scene;
    const started = Date.now();
    const time = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
    try {
      const made = await act();
      this.report(component, column);
      this.figures.push(`${site.name}: ${what}: ${time()}`);
      say(`${site.name}: ${what}: well after ${time()}`);
      return made;
    } catch (error) {
      this.report(component, column, `${what}: ${error instanceof Error ? error.message : String(error)}`);
      say(`${site.name}: ${what}: failed after ${time()}`);
      return undefined;
    }
  }

  findings(): Finding[] {
    return this.scene.site.components
      .filter(({ name }) => !ELSEWHERE.includes(name))
      .flatMap((component) =>
        COLUMNS.map((column) => ({
          component: component.name,
          column,
          verdict: this.judge(component, column),
        })),
      );
  }

  private judge(component: DistComponent, column: Column): Verdict {
    const found = this.problems.get(`${component.name} ${column}`);
    if (found) return verdictOf(found);
    if (this.run.includes(component.name)) return verdictOf(['nothing got so far that this could be tried']);
    return { state: 'not provable here', why: whyNotRun(this.scene, component) };
  }
}

/** Why the programs of a component are not run in this cluster. */
function whyNotRun({ site }: Scene, { name, objects }: DistComponent): string {
  const test = `test:${name}`;
  if (test in scripts) return `its programs run without a cluster: npm run ${test}`;
  const { upstream = [] } = site.synthesis.model.recorded.get(name) ?? {};
  if (upstream.some(({ kind }) => kind === 'chart')) {
    return 'its programs come by a chart of their publisher, which is not served here';
  }
  return objects.some(({ manifest }) => builtInPods(manifest).length > 0)
    ? 'no program of it is run'
    : 'it is objects of the API server alone, which no program of ours reads';
}

/** The same for all components. */
export const notProvable = ({ site }: Scene, why: string): Finding[] =>
  site.components
    .filter(({ name }) => !ELSEWHERE.includes(name))
    .flatMap(({ name }) =>
      COLUMNS.map((column) => ({ component: name, column, verdict: { state: 'not provable here', why } })),
    );
