import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { versions } from '../../../versions';
import type { Resource } from '../api';
import type { Scene } from '../proof';
import { minorOf } from '../tool';
import { until } from '../wait';
import { greeting, type Workflow } from './argo-workflows';
import { workloadOf } from './container';
import { writeKeys } from './keys';
import type { Network } from './network';
import { Pod } from './pod';
import { refusals } from './refusals';

const SERVER = { namespace: 'argo-workflows', name: 'argo-server' } as const;
const PORT = 2746;

/** A person of a team: may do there what clusters let their users do. */
const PERSON = 'someone';

/**
 * Path of the server's program, which is that of the command line; undefined where PATH has none. It cannot be built as
 * the controller is: it embeds the user interface, and the module holds the source of that, but not what is built of it.
 */
export function argoProgram(): string | undefined {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, 'argo'))
    .filter((file) => path.isAbsolute(file) && fs.existsSync(file))
    .find((file) => {
      const { status, stdout } = spawnSync(file, ['version', '--short'], {
        encoding: 'utf8',
        timeout: 10_000,
      });
      return status === 0 && minorOf(stdout) === minorOf(versions.argoWorkflows);
    });
}

/** Why the server does not run; undefined where it can. */
export const whyNoServer = (): string | undefined =>
  argoProgram()
    ? undefined
    : `PATH has no argo ${minorOf(versions.argoWorkflows)}, and no module has all of it`;

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** The real server of Argo Workflows as dist deploys it. */
export class ArgoServer {
  private constructor(
    private readonly scene: Scene,
    readonly pod: Pod,
  ) {}

  static async start(scene: Scene, network: Network, program: string): Promise<ArgoServer> {
    const image = { entrypoint: ['/usr/local/bin/argo'], files: { '/usr/local/bin/argo': program } };
    const { cluster } = scene;
    const url = `/apis/apps/v1/namespaces/${SERVER.namespace}/deployments/${SERVER.name}`;
    const { container } = workloadOf(await cluster.api.get<Resource>(url));
    await writeKeys(cluster, SERVER.namespace, container.env ?? []);
    const pod = await Pod.start(cluster, network, SERVER, image);
    await pod.ready();
    return new ArgoServer(scene, pod);
  }

  /** A person of a team submits a workflow and sees its end; nobody sees more than the API server lets them. */
  async serve(team: string, other: string | undefined, timeoutMs: number): Promise<string[]> {
    const token = await this.person(team);
    const { metadata, ...rest } = greeting(team);
    const workflow = { ...rest, metadata: { ...metadata, name: 'asked' } };
    const at = `/api/v1/workflows/${team}`;
    // It asks itself, and tries that again a second after the first time, which is before it listens; the readiness probe
    // of dist begins after ten.
    await until('an answer of the API', async () => (await this.ask('GET', at, token)).status !== 503, {
      timeoutMs: 10_000,
    });
    const problems = [
      ...(await this.expect(200, 'POST', at, token, { workflow })),
      ...(await this.expect(200, 'GET', `/api/v1/workflow-templates/${team}`, token)),
      ...(await this.expect(200, 'GET', at, token)),
      ...(await this.expect(401, 'GET', at)),
      ...(await this.expect(401, 'GET', at, 'made-up')),
      ...(other ? await this.expect(403, 'GET', `/api/v1/workflows/${other}`, token) : []),
      ...(other ? await this.expect(403, 'POST', `/api/v1/workflows/${other}`, token, { workflow }) : []),
    ];
    if (problems.length > 0) return problems;
    const ended = await this.pod.alive(
      until(
        `the end of workflow ${team}/asked, as the server tells it`,
        async () => {
          const { body } = await this.ask('GET', `${at}/asked`, token);
          // Such is the answer of the server to what was asked for.
          const { phase } = (JSON.parse(body) as Workflow).status ?? {};
          return phase && !['Pending', 'Running'].includes(phase) && phase;
        },
        { timeoutMs, everyMs: 1_000 },
      ),
    );
    return ended === 'Succeeded' ? [] : [`workflow ${team}/asked: ${ended}`];
  }

  /** What the role of the server was short of. */
  refusals(): string[] {
    const { namespace, pod } = this.pod.workload;
    return refusals(this.scene.cluster, namespace, pod.serviceAccountName ?? 'default');
  }

  stop(): Promise<void> {
    return this.pod.service.stop();
  }

  /** Token of a person with the role that clusters have for those who work in a namespace. */
  private async person(namespace: string): Promise<string> {
    const { cluster } = this.scene;
    const metadata = { name: PERSON, namespace };
    await cluster.api.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata });
    await cluster.api.create(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    });
    return cluster.token(namespace, PERSON);
  }

  private async expect(
    status: number,
    method: string,
    url: string,
    token?: string,
    body?: object,
  ): Promise<string[]> {
    const reply = await this.ask(method, url, token, body);
    if (reply.status === status) return [];
    return [
      `${method} ${url}${token ? '' : ' without token'}: ${reply.status}, not ${status}: ${reply.body}`,
    ];
  }

  private ask(method: string, url: string, token?: string, body?: object): Promise<Reply> {
    const options = {
      method,
      socketPath: this.pod.socketOf(PORT),
      path: url,
      timeout: 30_000,
      // It makes its certificate itself when it starts.
      rejectUnauthorized: false,
      headers: {
        'content-type': 'application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
    };
    return new Promise((resolve, reject) => {
      const request = https.request(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      request.once('timeout', () => request.destroy(new Error(`${method} ${url}: no answer`)));
      request.once('error', reject);
      request.end(body ? JSON.stringify(body) : undefined);
    });
  }
}
