import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import type { Resource } from './api';
import type { Ending } from './cluster';
import { type ControlPlane, startControlPlane } from './control-plane';
import { Network } from './controllers/network';
import { Pod } from './controllers/pod';
import { whyNoSandbox } from './controllers/sandbox';
import { until } from './wait';

// Needs the programs of a control plane, so `npm test` leaves it out: npm run test:cluster.
jest.setTimeout(240_000);

let cluster: ControlPlane;
beforeAll(async () => {
  cluster = await startControlPlane({ say: () => undefined });
});
afterAll(() => cluster.stop());

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

test.each(
  (['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler'] as const).flatMap((program) =>
    (['kill', 'stop'] as const satisfies readonly Ending[]).map((how) => [program, how] as const),
  ),
)('%s comes back after %s as another process, and what was written is there', async (program, how) => {
  const name = `${program}-${how}`;
  const { pid } = cluster.service(program);
  const { body } = await cluster.api.create<Resource>(CONFIG_MAPS, configMap(name));
  const restarted = cluster.restart(program, how);
  // Made while it is away: they wait, and none is lost.
  const [found, created] = await Promise.all([
    cluster.api.get<Resource>(`${CONFIG_MAPS}/${name}`),
    cluster.api.create<Resource>(CONFIG_MAPS, configMap(`${name}-meanwhile`)),
  ]);
  await restarted;
  expect(found.metadata.uid).toBe(body.metadata.uid);
  expect(created.status).toBe(201);
  expect(cluster.service(program).pid).not.toBe(pid);
});

const where = whyNoSandbox() ? test.skip : test;

where(
  'a process that was killed starts anew in its pod, whose volumes are kept, and leaves nothing running',
  async () => {
    const network = await Network.open(cluster);
    const container = {
      name: 'main',
      image: '',
      // One that it starts outlives it, were it not killed too.
      command: ['sh', '-c', 'echo $$ >>/data/starts; cat /data/starts; sleep 10000 & wait'],
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
      securityContext: { readOnlyRootFilesystem: true },
    };
    const workload = {
      name: 'counter',
      namespace: 'default',
      container,
      pod: { containers: [container], volumes: [{ name: 'data', emptyDir: {} }] },
    };
    try {
      const first = await Pod.startWorkload(cluster, network, 'counter-0', workload, {
        entrypoint: [],
        files: {},
      });
      const starts = async (pod: Pod, count: number) =>
        until(`start ${count}`, async () => lines(pod.service.log).length >= count, { timeoutMs: 30_000 });
      await starts(first, 1);
      await first.service.kill();
      await nothingOf(first);
      const second = first.again();
      // It prints both starts: the first one's file is there.
      await starts(second, 3);
      await second.service.stop();
      await nothingOf(second);
    } finally {
      network.close();
    }
  },
);

const lines = (file: string): string[] => fs.readFileSync(file, 'utf8').split('\n').filter(Boolean);

const nothingOf = ({ service: { pid } }: Pod): Promise<unknown> =>
  until('the end of the group', async () => membersOf(pid).length === 0, {
    timeoutMs: 5_000,
    state: () => membersOf(pid).join(', '),
  });

/** Processes of a group that run. */
const membersOf = (group: number): string[] =>
  spawnSync('ps', ['-o', 'pid=,stat=', '-g', String(group)], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.trim() && !/ Z/.test(line));
