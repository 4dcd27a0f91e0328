import { ArgoWorkflows } from '../controllers/argo-workflows';
import { type Book, COLUMNS } from '../controllers/book';
import type { Network } from '../controllers/network';
import { proveOwn } from '../controllers/own-book';
import { placedAsDeclared, servedAsDeclared } from '../events/pods';
import { ArgoEvents, NAMESPACE } from '../events/programs';
import { Trials } from '../events/trials';
import type { Proof, Scene } from '../proof';

const COMPONENT = NAMESPACE;
const DEPLOY_MS = 120_000;

/** Requests that start workflows: the real controller, bus, source and sensor of Argo Events. */
export const events: Proof = {
  name: 'events',
  claim:
    'what is posted with a token starts the workflows of a team, each once, and what cannot start is kept',
  sites: 'fullest',
  columns: COLUMNS,
  programs: ['argo-events', 'nats-server', 'workflow-controller'],
  run: (scene) => proveOwn(scene, COMPONENT, play),
};

async function play(scene: Scene, network: Network, book: Book): Promise<void> {
  const [team] = scene.site.synthesis.model.site.teams;
  if (!team) return;
  await Trials.tokens(scene, team);
  const argo = await book.make(COMPONENT, 'controller', 'start of the controller of events', () =>
    ArgoEvents.start(scene, network),
  );
  if (!argo) return;
  try {
    await book.make(COMPONENT, 'configuration', 'every bus, source and sensor of dist is deployed', () =>
      argo.deployed(DEPLOY_MS),
    );
    await book.try(
      COMPONENT,
      'controller',
      'pods of the bus, of sources and sensors are placed as declared',
      () => placedAsDeclared(scene),
    );
    await book.try(COMPONENT, 'controller', 'Services lead to pods that the controller made', () =>
      servedAsDeclared(scene),
    );
    await playPrograms(scene, network, argo, book);
  } finally {
    await argo.stop();
  }
}

async function playPrograms(scene: Scene, network: Network, argo: ArgoEvents, book: Book): Promise<void> {
  const [team, other] = scene.site.synthesis.model.site.teams;
  if (!team) return;
  const started = await book.make(
    COMPONENT,
    'used',
    'start of three servers, a source and a sensor',
    async () => {
      const bus = await argo.startBus();
      await bus.ready(DEPLOY_MS);
      const webhook = await argo.startProgram({ kind: 'eventsource', name: 'webhook' });
      const sensor = await argo.startProgram({ kind: 'sensor', name: team.name });
      return { bus, webhook, sensor };
    },
  );
  if (!started) return;
  const { bus, webhook, sensor } = started;
  const trials = new Trials(scene, team, argo, webhook, sensor);
  const attempt = (what: string, act: () => Promise<readonly string[]>) =>
    book.try(COMPONENT, 'used', what, act);
  const workflows = await ArgoWorkflows.start(scene, network);
  try {
    await attempt('source and sensor find the bus', trials.listening);
    await attempt('an event starts the pipeline and a job, which the controller of workflows takes', () =>
      trials.starts(workflows),
    );
  } finally {
    await workflows.stop();
  }
  await attempt('an event without the token, and one with another, are refused', trials.refused);
  await attempt('an event that comes twice starts everything once', trials.twice);
  await attempt('a server of the bus is lost, and nothing else', () => trials.survives(bus));
  await attempt('a calendar starts the pipeline and a job, and keeps when it did', () =>
    trials.calendar('weekly'),
  );
  await attempt('a new object starts the pipeline and a job, as its cloud tells of it', () =>
    trials.objects('landing'),
  );
  await attempt('what cannot start becomes a dead letter', trials.deadLetter);
  book.report(COMPONENT, 'controller', ...argo.refusals());
  // Last, since what is refused here is meant to be.
  await attempt('a sensor is held to templates and to its team', () => trials.bounded(other));
}
