import fs from 'node:fs';
import path from 'node:path';
import type { SiteTeam } from '../../../core/site';
import { type Book, COLUMNS } from '../controllers/book';
import type { ExecutorPod } from '../controllers/client-session';
import type { Network } from '../controllers/network';
import { notProvable, proveOwn } from '../controllers/own-book';
import { Pod } from '../controllers/pod';
import { pyspark } from '../controllers/pyspark';
import { refusals } from '../controllers/refusals';
import { Hub } from '../notebooks/hub';
import { notebookPrograms } from '../notebooks/programs';
import { runServer, type ServerPod } from '../notebooks/server';
import type { Proof, Scene } from '../proof';
import { repeat, until } from '../wait';

const COMPONENT = 'jupyterhub';
const NAME = 'jupyter-admin';
const CLAIM = 'home-admin';
const CELLS = path.join(__dirname, '../notebooks/cells');

/** A day of a scientist: the real hub, proxy and server, and a Spark session in a notebook. */
export const notebooks: Proof = {
  name: 'notebooks',
  claim:
    'somebody logs in, gets a server and a Spark session with executors on spot, and is stopped when idle',
  sites: 'fullest',
  columns: COLUMNS,
  programs: [],
  run: async (scene) =>
    hasIssuer(scene)
      ? { findings: notProvable(COMPONENT, ISSUER), figures: [] }
      : proveOwn(scene, COMPONENT, play),
};

const ISSUER =
  'people of this site log in at an issuer outside of it; npm run test:jupyterhub has one, and a site on own machines is proven';

const hasIssuer = ({ site }: Scene): boolean =>
  site.objects.some(
    ({ manifest: { kind, metadata } }) => kind === 'ExternalSecret' && metadata.name === 'jupyterhub-oidc',
  );

async function play(scene: Scene, network: Network, book: Book): Promise<void> {
  const [team] = scene.site.synthesis.model.site.teams;
  if (!team) return;
  const spark = await pyspark(scene.say);
  const programs = await notebookPrograms(spark, scene.say);
  const hub = await book.make(COMPONENT, 'controller', 'start of the hub and its proxy', () =>
    Hub.start(scene, network, programs, NAME),
  );
  if (!hub) return;
  // It ends where its configuration is wrong.
  book.report(COMPONENT, 'configuration');
  const { namespace } = team;
  const server = new Server(scene, namespace, (pod) => runServer(scene, network, programs, spark, pod));
  try {
    await book.try(COMPONENT, 'used', 'from login to a Spark session with executors on spot nodes', () =>
      useNotebook(scene, network, hub, server, programs.bin, team),
    );
    await book.try(
      COMPONENT,
      'used',
      'an idle session, its executors and the server are stopped; the home stays',
      () => waitForEnd(scene, namespace, hub),
    );
  } finally {
    await server.stop();
    await hub.stop();
    book.report(COMPONENT, 'controller', ...refusals(scene.cluster, COMPONENT, 'jupyterhub-hub'));
  }
}

/** Plays the kubelet of the server's pod: runs its program once it has a node, and tells when that has ended. */
class Server {
  private running = true;
  private pod: Pod | undefined;
  /** Why its program could not be started. */
  problem: string | undefined;
  private readonly loop: Promise<void>;

  constructor(
    { cluster }: Scene,
    namespace: string,
    private readonly start: (pod: ServerPod) => Promise<Pod>,
  ) {
    const url = `/api/v1/namespaces/${namespace}/pods/${NAME}`;
    this.loop = repeat(
      () => this.running,
      500,
      async () => {
        const found = await cluster.api.get<ServerPod>(url);
        if (this.pod || this.problem || !found.spec.nodeName) return;
        try {
          this.pod = await this.start(found);
        } catch (error) {
          this.problem = `its program does not start: ${error instanceof Error ? error.message : error}`;
          return;
        }
        void this.pod.service.ended.then(async () => {
          const annotations = { 'test.lakeport.io/exit-code': '0' };
          // The hub may have deleted it.
          await cluster.api.patch(url, { metadata: { annotations } }).catch(() => undefined);
        });
      },
    );
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
    await this.pod?.service.stop();
  }
}

interface Said {
  readonly what: string;
  readonly text?: string;
  readonly told?: boolean;
  readonly status?: number;
  readonly profiles?: readonly string[];
}

async function useNotebook(
  scene: Scene,
  network: Network,
  hub: Hub,
  server: Server,
  bin: string,
  { name: team, namespace }: SiteTeam,
): Promise<string[]> {
  const { cluster } = scene;
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  await cluster.api.create(pods, otherPod(namespace));
  const container = {
    name: 'browser',
    image: '',
    command: [path.join(bin, 'python'), '/opt/browser.py', '/opt/cells/session.py', '/opt/cells/trespass.py'],
    env: [
      { name: 'BASE', value: 'http://jupyterhub.jupyterhub.svc:8000' },
      { name: 'TEAM', value: team },
      { name: 'PASSWORD', value: hub.password },
    ],
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    securityContext: { readOnlyRootFilesystem: true },
  };
  const pod = {
    automountServiceAccountToken: false,
    containers: [container],
    volumes: [{ name: 'tmp', emptyDir: {} }],
  };
  const browser = await Pod.startWorkload(
    cluster,
    network,
    'browser',
    { name: 'browser', namespace, pod, container },
    {
      entrypoint: [],
      files: { '/opt/browser.py': path.join(__dirname, '../notebooks/browser.py'), '/opt/cells': CELLS },
    },
  );
  const said = () =>
    fs
      .readFileSync(browser.service.log, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"what"'))
      // Printed by browser.py.
      .map((line) => JSON.parse(line) as Said);
  await browser
    .alive(
      until(
        'the end of what is done at the browser',
        async () => server.problem ?? said().some(({ what }) => what === 'done'),
        {
          timeoutMs: 600_000,
          everyMs: 500,
          state: () => `${browser.lastWords()}\n${hub.hub.lastWords()}`,
        },
      ),
    )
    .catch((error: unknown) => {
      // It may have ended because it was done.
      if (!said().some(({ what }) => what === 'done')) throw error;
    });
  if (server.problem) throw new Error(server.problem);
  const owner = await cluster.api.get<ServerPod>(`${pods}/${NAME}`);
  const executors = await until(
    'executors of the session',
    async () => {
      const found = (
        await cluster.api.list<ExecutorPod>(`${pods}?labelSelector=spark-role%3Dexecutor`)
      ).filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid));
      return found.length >= 2 && found.every(({ spec }) => spec.nodeName) && found;
    },
    { timeoutMs: 120_000 },
  );
  const capacity = new Map(scene.nodes.map((node) => [node.name, node.capacity]));
  const onSpot = (what: string, { spec }: { readonly spec: { readonly nodeName?: string } }) =>
    capacity.get(spec.nodeName ?? '') === 'spot'
      ? []
      : [`${what} is on ${spec.nodeName}, which is no spot node`];
  return [
    ...onSpot('the server', owner),
    ...executors.flatMap((each) => onSpot(each.metadata.name, each)),
    ...problemsOf(said()),
  ];
}

function problemsOf(said: readonly Said[]): string[] {
  const find = (name: string) => said.find(({ what }) => what === name);
  const without = find('without a team');
  const trespasses = said.filter(({ what }) => what === 'cell').at(-1)?.text ?? '{}';
  const attempts = Object.entries(JSON.parse(trespasses) as Readonly<Record<string, string>>);
  return [
    ...(without?.status === 403 && without.told
      ? []
      : [`who is in no team is told ${JSON.stringify(without)}`]),
    ...(find('spawn page')?.profiles?.length === 2 ? [] : ['the spawn page has not both profiles']),
    ...(attempts.length === 3 ? [] : [`not everything was attempted: ${trespasses}`]),
    ...attempts
      .filter(([, answer]) => !/^403 .*notebooks-keep-to-their-own/.test(answer))
      .map(([what, answer]) => `a notebook may ${what}: ${answer}`),
  ];
}

/** Somebody else's, in the same namespace. */
const otherPod = (namespace: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'somebody-elses', namespace },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'main',
        image: 'example.com/main:1',
        resources: { requests: { cpu: '1m', memory: '1Mi' } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
});

async function waitForEnd({ cluster }: Scene, namespace: string, hub: Hub): Promise<string[]> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  await until(
    'the end of the executors',
    async () => (await cluster.api.list(`${pods}?labelSelector=spark-role%3Dexecutor`)).length === 0,
    { timeoutMs: 300_000, everyMs: 1_000, state: () => hub.hub.lastWords() },
  );
  await until(
    'the end of the server',
    async () => (await cluster.api.list<ServerPod>(pods)).every(({ metadata }) => metadata.name !== NAME),
    { timeoutMs: 400_000, everyMs: 1_000, state: () => hub.hub.lastWords() },
  );
  const claim = await cluster.api.get<{ readonly status: { readonly phase: string } }>(
    `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${CLAIM}`,
  );
  return claim.status.phase === 'Bound' ? [] : [`the home is ${claim.status.phase}`];
}
