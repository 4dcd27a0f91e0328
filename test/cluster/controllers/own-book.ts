import { type Finding, type Scene, verdictOf } from '../proof';
import { Book, COLUMNS } from './book';

/** Findings of one component, whose controllers a proof of its own runs. */
export class OwnBook extends Book {
  private readonly mine = new Map<Finding['column'], string[]>();

  constructor(
    scene: Scene,
    private readonly component: string,
  ) {
    super(scene, [component]);
  }

  override report(component: string, column: Finding['column'], ...problems: readonly string[]): void {
    this.mine.set(column, [...(this.mine.get(column) ?? []), ...problems]);
    super.report(component, column, ...problems);
  }

  own(): Finding[] {
    return COLUMNS.map((column) => ({
      component: this.component,
      column,
      verdict: verdictOf(this.mine.get(column) ?? ['nothing got so far that this could be tried']),
    }));
  }
}

/** The same where nothing can be run. */
export const ownNotProvable = (component: string, why: string): Finding[] =>
  COLUMNS.map((column) => ({ component, column, verdict: { state: 'not provable here', why } }));
