import {
  losses,
  problemsOfRun,
  problemsOfStream,
  problemsOfWorkflow,
  retriesOf,
  type SeenPod,
  type SparkRun,
  type Workflow,
} from './cluster/drills/judge';

describe('objects before and after', () => {
  const before = [
    { title: 'ConfigMap a/one', uid: '1' },
    { title: 'ConfigMap a/two', uid: '2' },
  ];

  test('are the same ones in any order', () => {
    expect(losses(before, [...before].reverse())).toEqual([]);
  });

  test('what is gone or was made anew is told; what came is not', () => {
    const after = [
      { title: 'ConfigMap a/two', uid: '3' },
      { title: 'ConfigMap a/three', uid: '4' },
    ];
    expect(losses(before, after)).toEqual([
      'ConfigMap a/one is gone',
      'ConfigMap a/two was deleted and made anew',
    ]);
  });
});

describe('a workflow that has ended', () => {
  const step = (displayName: string) => ({ displayName, type: 'Pod', phase: 'Succeeded' });
  const workflow: Workflow = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'w', namespace: 'team' },
    status: {
      phase: 'Succeeded',
      nodes: {
        w: { displayName: 'w', type: 'Steps', phase: 'Succeeded' },
        'w-1': step('say(0)'),
        'w-2': step('hear(0)'),
      },
    },
  };
  const pod = (id: string, name = id): SeenPod => ({
    metadata: {
      name,
      namespace: 'team',
      labels: { 'workflows.argoproj.io/workflow': 'w' },
      annotations: { 'workflows.argoproj.io/node-id': id },
    },
  });
  const stranger: SeenPod = { metadata: { ...pod('w-1').metadata, namespace: 'another' } };

  test('ran each step in one pod', () => {
    expect(problemsOfWorkflow(workflow, [pod('w-1'), pod('w-2'), stranger])).toEqual([]);
  });

  test('ran a step twice, or in no pod that was seen', () => {
    expect(problemsOfWorkflow(workflow, [pod('w-1'), pod('w-1', 'once-more')])).toEqual([
      'workflow team/w: 2 pods ran step say(0)',
      'workflow team/w: 0 pods ran step hear(0)',
    ]);
  });

  test('has a pod of which it knows nothing', () => {
    expect(problemsOfWorkflow(workflow, [pod('w-1'), pod('w-2'), pod('w-3')])).toEqual([
      'workflow team/w knows nothing of its pod w-3',
    ]);
  });

  test.each([
    [{ phase: 'Failed', message: 'child failed' }, 'workflow team/w: Failed (child failed)'],
    [{ phase: 'Succeeded', nodes: {} }, 'workflow team/w ran no step'],
    [{}, 'workflow team/w: not begun'],
  ])('%j is no success', (status, problem) => {
    expect(problemsOfWorkflow({ ...workflow, status }, [])).toEqual([problem]);
  });

  test('further attempts are counted apart', () => {
    const nodes = { ...workflow.status?.nodes, 'w-4': step('hear(1)'), 'w-5': step('hear(12)') };
    expect(retriesOf(workflow)).toBe(0);
    expect(retriesOf({ ...workflow, status: { ...workflow.status, nodes } })).toBe(2);
  });
});

describe('a Spark job', () => {
  const run = (status: SparkRun['status']): SparkRun => ({
    apiVersion: 'sparkoperator.k8s.io/v1beta2',
    kind: 'SparkApplication',
    metadata: { name: 'trips', namespace: 'team' },
    ...(status ? { status } : {}),
  });
  const completed = { applicationState: { state: 'COMPLETED' } };
  const driver = (uid: string, name = 'trips-driver'): SeenPod => ({
    metadata: {
      uid,
      name,
      namespace: 'team',
      labels: { 'spark-role': 'driver', 'sparkoperator.k8s.io/app-name': 'trips' },
    },
  });
  const executor: SeenPod = {
    metadata: { ...driver('3').metadata, labels: { 'spark-role': 'executor' } },
  };

  test.each([
    ['one driver', 1, 1, 1],
    ['a driver for each submission that was cut off', 1, 2, 2],
    ['a driver for each attempt', 2, 2, 2],
  ])('had %s', (_, executionAttempts, submissionAttempts, count) => {
    const pods = [...Array(count).keys()].map((at) => driver(String(at)));
    expect(
      problemsOfRun(run({ ...completed, executionAttempts, submissionAttempts }), [...pods, executor]),
    ).toEqual([]);
  });

  test('had more drivers than submissions, or none', () => {
    const once = run({ ...completed, executionAttempts: 1, submissionAttempts: 1 });
    expect(problemsOfRun(once, [driver('1'), driver('2')])).toEqual([
      'SparkApplication team/trips: 2 drivers in 1 attempts and 1 submissions',
    ]);
    expect(problemsOfRun(once, [executor])).toEqual([
      'SparkApplication team/trips: 0 drivers in 1 attempts and 1 submissions',
    ]);
  });

  test('had drivers that could run at the same time', () => {
    const twice = run({ ...completed, executionAttempts: 1, submissionAttempts: 2 });
    expect(problemsOfRun(twice, [driver('1'), driver('2', 'trips-other')])).toEqual([
      'SparkApplication team/trips: drivers of 2 names: trips-driver, trips-other',
    ]);
  });

  test('never ends, and has a driver of one name', () => {
    const stream = run({ applicationState: { state: 'RUNNING' } });
    expect(problemsOfStream(stream, [driver('1'), driver('2'), executor])).toEqual([]);
    expect(problemsOfStream(stream, [executor])).toEqual(['stream team/trips: drivers of 0 names']);
    expect(problemsOfStream(stream, [driver('1'), driver('2', 'trips-other')])).toEqual([
      'stream team/trips: drivers of 2 names: trips-driver, trips-other',
    ]);
  });

  test('failed, or was never taken up', () => {
    const failed = { applicationState: { state: 'FAILED', errorMessage: 'no driver' } };
    expect(problemsOfRun(run(failed), [])).toEqual(['SparkApplication team/trips: FAILED (no driver)']);
    expect(problemsOfRun(run(undefined), [])).toEqual(['SparkApplication team/trips: not begun']);
  });
});
