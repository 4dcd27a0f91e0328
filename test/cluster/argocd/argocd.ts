import path from 'node:path';
import { binary } from '../binaries';
import type { Network } from '../controllers/network';
import { type Image, Pod } from '../controllers/pod';
import { refusals } from '../controllers/refusals';
import type { Scene } from '../proof';
import type { GitHosts } from './git-hosts';
import { installArgoCd } from './install';

const NAMESPACE = 'argocd';
const REDIS = { service: 'argocd-redis-ha-haproxy', pod: 'argocd-redis', port: 6379 } as const;
const REPO_SERVER = { name: 'argocd-repo-server', port: 8081 } as const;

/** Names under which the one program of Argo CD behaves as each of its parts. */
const PARTS = [
  'argocd',
  'argocd-server',
  REPO_SERVER.name,
  'argocd-application-controller',
  'argocd-git-ask-pass',
];

/**
 * The real Argo CD as argocd/install describes it: server, which makes the project that root belongs to, repo server
 * and application controller, with one Redis.
 */
export class ArgoCd {
  private constructor(
    private readonly scene: Scene,
    readonly parts: readonly Pod[],
  ) {}

  static async start(scene: Scene, network: Network, git: GitHosts): Promise<ArgoCd> {
    const { cluster } = scene;
    await installArgoCd(cluster);
    await trust(scene, git);
    const program = await binary('argocd', scene.say);
    const image: Image = {
      entrypoint: [],
      files: {
        ...Object.fromEntries(PARTS.map((name) => [`/usr/local/bin/${name}`, program])),
        '/usr/local/bin/git-verify-wrapper.sh': path.join(__dirname, 'git-verify-wrapper.sh'),
      },
      // The image's home; and it has a keyring program, which this machine need not have.
      env: { HOME: '/tmp', ARGOCD_GPG_ENABLED: 'false' },
    };
    await setPassword(scene, network, image);
    network.link(REDIS.service, REDIS.port, REDIS.pod);
    network.link(REPO_SERVER.name, REPO_SERVER.port, `${REPO_SERVER.name}-0`);
    const start = (name: string, kind: 'deployments' | 'statefulsets' = 'deployments') =>
      Pod.start(cluster, network, { namespace: NAMESPACE, name }, image, { kind });
    const parts = [
      await startRedis(scene, network),
      await start('argocd-server'),
      await start(REPO_SERVER.name),
      await start('argocd-application-controller', 'statefulsets'),
    ];
    for (const part of parts.slice(1)) await part.ready();
    return new ArgoCd(scene, parts);
  }

  /** What the roles of the install were short of. */
  refusals(): string[] {
    return this.parts.flatMap(({ workload: { namespace, pod } }) =>
      refusals(this.scene.cluster, namespace, pod.serviceAccountName ?? 'default'),
    );
  }

  async stop(): Promise<void> {
    for (const part of [...this.parts].reverse()) await part.service.stop();
  }
}

/** Argo CD believes Git servers that the ConfigMap vouches for. */
async function trust({ cluster }: Scene, { hosts, authority }: GitHosts): Promise<void> {
  await cluster.api.patch(`/api/v1/namespaces/${NAMESPACE}/configmaps/argocd-tls-certs-cm`, {
    data: Object.fromEntries(hosts.map((host) => [host, authority])),
  });
}

/** As the first init container of Redis does. */
async function setPassword({ cluster }: Scene, network: Network, image: Image): Promise<void> {
  const at = { namespace: NAMESPACE, name: REDIS.service };
  const pod = await Pod.start(cluster, network, at, image, { container: 'secret-init' });
  const { code } = await pod.service.ended;
  if (code !== 0) throw new Error(`no password for Redis: ${pod.lastWords()}`);
}

/** One Redis, where the install has three with sentinels and a proxy before them. */
function startRedis({ cluster }: Scene, network: Network): Promise<Pod> {
  const flags = ['--requirepass', '$(AUTH)', '--save', '', '--appendonly', 'no', '--dir', '/tmp'];
  const container = {
    name: 'redis',
    image: '',
    command: ['redis-server'],
    args: ['--port', String(REDIS.port), ...flags],
    env: [{ name: 'AUTH', valueFrom: { secretKeyRef: { name: 'argocd-redis', key: 'auth' } } }],
    ports: [{ containerPort: REDIS.port }],
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    securityContext: { readOnlyRootFilesystem: true },
  };
  const pod = {
    automountServiceAccountToken: false,
    containers: [container],
    volumes: [{ name: 'tmp', emptyDir: {} }],
  };
  const workload = { name: REDIS.pod, namespace: NAMESPACE, container, pod };
  return Pod.startWorkload(cluster, network, REDIS.pod, workload, { entrypoint: [], files: {} });
}
