import type { TestNode } from './cluster/nodes';
import type { Pod } from './cluster/proofs/placed';
import { type Census, lossProblems, onRegular, parted, spotPart, untouched } from './cluster/scale/census';
import { footprintOf } from './cluster/scale/footprint';
import { jobsOf, largeSite, podOf } from './cluster/scale/large-site';
import { sizeOf } from './cluster/scale/size';
import { partOf } from './cluster/scale/spark-jobs';
import { startJobs, wantedOf } from './cluster/scale/teams';
import { judgeSteps } from './cluster/scale/workflows';

const nodes: readonly TestNode[] = [
  { name: 'regular', capacity: 'regular', pool: '' },
  { name: 'spot', capacity: 'spot', pool: '' },
  { name: 'lost', capacity: 'spot', pool: '' },
];

function pod(uid: string, role: string, nodeName: string | undefined, phase = 'Running'): Pod {
  const labels = { 'app.kubernetes.io/name': 'spark', 'app.kubernetes.io/component': role };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: uid, namespace: 'team', uid, labels },
    spec: {
      ...(nodeName ? { nodeName } : {}),
      containers: [{ resources: { requests: { cpu: '1', memory: '1Gi' } } }],
    },
    status: { phase },
  };
}

const driver = pod('d', 'driver', 'regular');
const stays = pod('e1', 'executor', 'spot');
const goes = pod('e2', 'executor', 'lost');
const before = [driver, stays, goes];
const comes = pod('e3', 'executor', 'spot');
const census = (after: readonly Pod[]): Census => ({ before, after, nodes, gone: new Set(['lost']) });

describe('after a loss of nodes', () => {
  test('nothing is wrong where the lost pods have others in their place', () => {
    expect(lossProblems(census([driver, stays, comes]))).toEqual([]);
  });

  test.each<[string, readonly Pod[], string]>([
    ['a pod that did not come back', [driver, stays], 'spark executor in team: 2 pods before, 1 after'],
    [
      'a pod too many',
      [driver, stays, comes, pod('e4', 'executor', 'spot')],
      'spark executor in team: 2 pods before, 3 after',
    ],
    [
      'a pod of another role in its place',
      [driver, stays, pod('d2', 'driver', 'regular')],
      'spark driver in team: 1 pods before, 2 after',
    ],
    [
      'a pod that waits',
      [driver, stays, pod('e3', 'executor', undefined, 'Pending')],
      'pod team/e3 is Pending',
    ],
    ['a pod of a node that is gone', [driver, stays, goes], 'pod team/e2 is on lost, which is gone'],
    [
      'a driver that began anew',
      [pod('d2', 'driver', 'regular'), stays, comes],
      'pod team/d left regular node regular, which stayed',
    ],
    [
      'a pod that moved from a spot node that stayed',
      [driver, pod('e4', 'executor', 'spot'), comes],
      'pod team/e1 left spot node spot, which stayed',
    ],
  ])('%s is told', (_, after, problem) => {
    expect(lossProblems(census(after))).toContain(problem);
  });

  test('a loss that no pod felt proves nothing', () => {
    const problems = lossProblems({ before: [driver], after: [driver], nodes, gone: new Set(['lost']) });
    expect(problems).toEqual(['no pod was on the nodes that went']);
  });

  test('pods are told apart by their nodes', () => {
    expect(parted(census([]))).toEqual({ lost: [goes], stayed: [driver, stays] });
    expect(onRegular(before, nodes)).toEqual([driver]);
    expect(untouched(before, [driver, pod('e1', 'executor', 'other'), comes])).toEqual([driver]);
  });

  test('a pod of a DaemonSet goes with its node and does not come back', () => {
    const [here, there] = [pod('n1', 'prepull', 'spot'), pod('n2', 'prepull', 'lost')].map((each) => ({
      ...each,
      metadata: {
        ...each.metadata,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'prepull', uid: 'd' }],
      },
    }));
    if (!here || !there) throw new Error('two pods');
    const all = { before: [...before, here, there], nodes, gone: new Set(['lost']) };
    expect(lossProblems({ ...all, after: [driver, stays, comes, here] })).toEqual([]);
    expect(parted(all)).toEqual({ lost: [goes], stayed: [driver, stays, here] });
    expect(lossProblems({ ...all, after: [driver, stays, comes] })).toContain(
      'spark prepull in team: 1 pods before, 0 after',
    );
  });

  test('the spot share is one of requests', () => {
    expect(spotPart(before, nodes, 'cpu')).toBeCloseTo(2 / 3);
    expect(spotPart([], nodes, 'memory')).toBe(0);
  });
});

describe('steps of workflows', () => {
  const workflow = (phase: string, phases: readonly string[]) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'w', namespace: 'team' },
    status: {
      phase,
      nodes: Object.fromEntries(
        ['Steps', ...phases.map(() => 'Pod')].map((type, at) => [
          `${at}`,
          { displayName: `${at}`, type, phase: phases[at - 1] ?? 'Running' },
        ]),
      ),
    },
  });

  test('are counted where they were tried again', () => {
    const found = judgeSteps([workflow('Running', ['Running', 'Error']), workflow('Running', ['Failed'])]);
    expect(found).toEqual({ workflows: 2, retried: 2, problems: [] });
  });

  test.each(['Failed', 'Error', 'Succeeded', 'Pending'])('a workflow that is %s is told', (phase) => {
    expect(judgeSteps([workflow(phase, [])]).problems).toEqual([`workflow team/w: ${phase}`]);
  });
});

test('what a process took is read from what Linux tells', () => {
  const stat = `42 (a program) S 1 42 42 0 -1 0 1 1 1 1 1250 250 0 0 20 0 1 0 100 1 1`;
  expect(footprintOf('Name:\ta\nVmPeak:\t  9 kB\nVmHWM:\t 2097152 kB\n', stat)).toEqual({
    memory: 2,
    seconds: 15,
  });
});

describe('the size', () => {
  test('is the full one where nothing is said', () => {
    expect(sizeOf({})).toEqual({ pods: 10_000, nodes: { regular: 100, spot: 900 } });
  });

  test('is a part of it where that is asked for', () => {
    expect(sizeOf({ LAKEPORT_SCALE: '0.1' })).toEqual({ pods: 1_000, nodes: { regular: 10, spot: 90 } });
  });

  test.each(['0', '0.09', '2', '-1', 'much', 'NaN'])('%s is refused', (text) => {
    expect(() => sizeOf({ LAKEPORT_SCALE: text })).toThrow(
      /LAKEPORT_SCALE.*\n.*found: .*\n.*remedy: write a number/,
    );
  });

  test.each([
    [32, 4],
    [33, 4],
    [2, 4],
  ])('%i pods shared among %i are as many together', (whole, among) => {
    const parts = Array.from({ length: among }, (_, at) => partOf(whole, among, at));
    expect(parts.reduce((all, part) => all + part, 0)).toBe(whole);
    expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
  });
});

describe('a large site', () => {
  const large = largeSite('aws', 500);
  const jobs = jobsOf(large);

  test('has teams for as many pods as are asked for, and no team too many', () => {
    const pods = jobs.reduce((all, each) => all + each.pods, 0);
    const perTeam = pods / large.model.site.teams.length;
    expect(pods).toBeGreaterThanOrEqual(500);
    expect(pods - perTeam).toBeLessThan(500);
  });

  test('has a maker of pods for every role', async () => {
    const roles = [...wantedOf(jobs).keys()];
    expect(roles).toEqual(['driver', 'executor', 'notebook', 'workflow']);
    const [job] = jobs;
    if (!job) throw new Error('no jobs');
    // Nothing is asked of it before all roles are known.
    const api = {} as Parameters<typeof startJobs>[1];
    await expect(startJobs([{ ...job, role: 'other' }], api)).rejects.toThrow(/makes pods of \S+ other/);
  });

  test('counts what a team starts once, and nothing that always runs', () => {
    const keys = jobs.map(({ component, role, namespace }) => `${component} ${role} ${namespace}`);
    expect(new Set(keys).size).toBe(keys.length);
    const demands = [...large.model.recorded.values()].flatMap((each) => each.demands);
    const teams = new Set(large.model.site.teams.map(({ namespace }) => namespace));
    const started = demands.filter(({ namespace, pods }) => teams.has(namespace) && pods.min < pods.max);
    const pods = jobs.reduce((all, each) => all + each.pods, 0);
    expect(pods).toBe(started.reduce((all, each) => all + each.pods.max, 0));
    expect(demands.some(({ namespace, pods }) => teams.has(namespace) && pods.min === pods.max)).toBe(true);
  });

  test('has servers of notebooks as the hub makes them, with executors of Spark', () => {
    const [server, executor] = ['notebook', 'executor'].map((role) =>
      jobs.find((each) => each.component === 'jupyterhub' && each.role === role),
    );
    expect(server?.template.labels).toMatchObject({
      'app.kubernetes.io/name': 'jupyterhub',
      'app.kubernetes.io/component': 'notebook',
    });
    const { spec } = server?.template ?? {};
    expect(spec?.containers[0]?.resources?.requests).toEqual({ cpu: '1', memory: '4096Mi' });
    expect(spec).toMatchObject({ serviceAccountName: 'spark', priorityClassName: 'lakeport-interactive' });
    expect(spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution).not.toEqual([]);
    expect(executor?.template.labels['app.kubernetes.io/name']).toBe('spark');
  });

  test('gives pods of jobs the labels and the placement of the platform', () => {
    for (const job of jobs) {
      const { metadata, spec } = podOf(job, 'Never', { labels: { own: '1' } });
      expect(metadata).toMatchObject({
        labels: { ...job.template.labels, own: '1', 'test.lakeport.io/job': job.role },
      });
      expect(spec).toMatchObject({ affinity: job.template.spec.affinity, restartPolicy: 'Never' });
    }
  });
});
