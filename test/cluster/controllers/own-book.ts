import { type Finding, type Outcome, type Scene, verdictOf } from '../proof';
import { Book, COLUMNS } from './book';
import { Network } from './network';
import { whyNoSandbox } from './sandbox';

/** Findings of one component, whose controllers a proof of its own runs. */
class OwnBook extends Book {
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

/**
 * Runs the programs of one component in a network of their own.
 * @returns what was found of it; nothing where the site does not have it
 */
export async function proveOwn(
  scene: Scene,
  component: string,
  play: (scene: Scene, network: Network, book: Book) => Promise<void>,
): Promise<Outcome> {
  if (!scene.site.components.some(({ name }) => name === component)) return { findings: [], figures: [] };
  const why = whyNoSandbox();
  if (why) return { findings: notProvable(component, why), figures: [] };
  const network = await Network.open(scene.cluster);
  const book = new OwnBook(scene, component);
  try {
    await play(scene, network, book);
  } finally {
    network.close();
  }
  return { findings: book.own(), figures: book.figures };
}

/** The same where nothing can be run. */
export const notProvable = (component: string, why: string): Finding[] =>
  COLUMNS.map((column) => ({ component, column, verdict: { state: 'not provable here', why } }));
