import { gcp } from '../../clouds/gcp';
import { nodesOf, refusal, type Spec, wrong } from './support';

const OPTIONS = { project: 'acme-lake-prod', cluster: 'lake' };

test('objects are named by gs', () => {
  const { objectStore } = gcp(OPTIONS);
  expect(objectStore.uri('acme-raw', 'trips/2026')).toBe('gs://acme-raw/trips/2026');
  expect(objectStore.client).toEqual({ protocol: 'gcs', project: 'acme-lake-prod' });
  expect(objectStore.hadoop).toEqual({
    'fs.AbstractFileSystem.gs.impl': 'com.google.cloud.hadoop.fs.gcs.GoogleHadoopFS',
    'fs.gs.project.id': 'acme-lake-prod',
  });
});

test('workload identity needs nothing in manifests but the way to the metadata server, on either data plane', () => {
  const cloud = gcp(OPTIONS);
  expect(cloud.identity({ namespace: 'team-blue', serviceAccount: 'spark' })).toEqual({
    serviceAccountAnnotations: {},
    podLabels: {},
    env: [],
    hadoop: { 'fs.gs.auth.type': 'COMPUTE_ENGINE' },
  });
  expect(cloud.identityEgress.map(({ cidrs, ports }) => [...cidrs, ...ports])).toEqual([
    ['169.254.169.254/32', 80, 8080],
    ['169.254.169.252/32', 987, 988],
  ]);
});

test.each(['acme-raw', 'acme_raw', 'x'.repeat(63)])('Cloud Storage takes %s', (name) => {
  expect(gcp(OPTIONS).objectStore.bucketProblem(name)).toBeUndefined();
});

test.each([
  ['ab', 'has 2 characters'],
  ['x'.repeat(64), 'has 64 characters'],
  ['Lake', 'lower-case'],
  ['lake.raw', 'lower-case'],
  ['_lake', 'at both ends'],
  ['goog-lake', 'start with goog'],
  ['my-google-lake', 'hold google'],
  ['my-g00gle-lake', 'hold google'],
  ['my-goog1e-lake', 'hold google'],
])('Cloud Storage refuses %s', (name, why) => {
  expect(gcp(OPTIONS).objectStore.bucketProblem(name)).toContain(why);
});

describe('nodes', () => {
  const { objects, upstream } = nodesOf(gcp(OPTIONS));
  const priorities = (name: string): Spec[] => objects.get(`ComputeClass ${name}`).priorities;

  test('there is a class of each kind, and GKE runs what reads them', () => {
    expect(upstream).toEqual([]);
    expect([...objects.keys()]).toEqual([
      'ComputeClass regular',
      'ComputeClass spot',
      'ComputeClass spot-local-disk',
      'ComputeClass spot-or-regular',
    ]);
  });

  test('every other class is of one kind throughout, and never falls back to the other', () => {
    for (const [name, { priorities: rules, whenUnsatisfiable, nodePoolConfig }] of objects) {
      if (name === 'ComputeClass spot-or-regular') continue;
      const spot = name !== 'ComputeClass regular';
      expect(new Set(rules.map((each: Spec) => each.spot))).toEqual(new Set([spot]));
      expect(whenUnsatisfiable).toBe('DoNotScaleUp');
      expect(nodePoolConfig.taints?.[0]?.value).toBe(spot ? 'spot' : undefined);
    }
  });

  test('one class falls back from spot nodes to regular ones, and taints neither', () => {
    const kinds = priorities('spot-or-regular').map(({ spot }) => spot);
    expect(new Set(kinds)).toEqual(new Set([true, false]));
    expect(kinds.indexOf(false)).toBe(kinds.lastIndexOf(true) + 1);
    expect(objects.get('ComputeClass spot-or-regular').nodePoolConfig).not.toHaveProperty('taints');
  });

  test('only machines that take local disks are asked for them', () => {
    for (const { machineFamily, storage } of priorities('spot-local-disk')) {
      expect(machineFamily).not.toBe('e2');
      expect(storage.localSSDCount).toBeGreaterThan(0);
    }
    for (const { storage } of priorities('spot')) expect(storage).not.toHaveProperty('localSSDCount');
  });

  test('labels of nodes are such as GKE takes', () => {
    for (const { nodePoolConfig } of objects.values()) {
      const labels = Object.entries<string>(nodePoolConfig.nodeLabels);
      expect(labels).toEqual([['lakeport-cluster', 'lake']]);
      for (const [key] of labels) expect(key).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9-._]{0,62}$/);
    }
  });

  test('no taint repeats the one that GKE sets itself, and no key is reserved', () => {
    for (const { nodePoolConfig } of objects.values()) {
      for (const { key } of nodePoolConfig.taints ?? []) {
        expect(key).not.toMatch(/kubernetes\.io|cloud\.google\.com/);
      }
    }
  });

  test('empty nodes count as little used: nothing is below zero', () => {
    for (const { autoscalingPolicy } of objects.values()) {
      expect(autoscalingPolicy.consolidationThreshold).toBeGreaterThan(0);
    }
  });

  test('nodes have the service account that the overlay names', () => {
    const nodeAccount = 'lake-node@acme-lake-prod.iam.gserviceaccount.com';
    const named = nodesOf(gcp({ ...OPTIONS, nodeAccount })).objects.get('ComputeClass spot');
    expect(named.nodePoolConfig.serviceAccount).toBe(nodeAccount);
    expect(objects.get('ComputeClass spot').nodePoolConfig).not.toHaveProperty('serviceAccount');
  });
});

test('pods name exactly one class: GKE makes no nodes for pods that name several', () => {
  const { capacity } = gcp(OPTIONS);
  for (const terms of [capacity.spot, capacity.regular, capacity.either?.terms]) {
    expect(terms).toHaveLength(1);
    expect(terms?.[0]).toEqual([
      { key: 'cloud.google.com/compute-class', operator: 'In', values: [expect.any(String)] },
    ]);
  }
});

test.each([
  ['project', { project: 'Acme Lake' }, 'is no project id'],
  ['project', { project: wrong(12345678) }, 'is not text'],
  ['cluster', { cluster: 'Lake' }, 'is no name of a GKE cluster'],
  ['cluster', { cluster: 'x'.repeat(41) }, 'is no name of a GKE cluster'],
  ['dnsProject', { dnsProject: 'DNS' }, 'is no project id'],
  ['nodeAccount', { nodeAccount: 'lake-node' }, 'is no service account'],
  ['limits', wrong({ limits: {} }), 'there is no such setting'],
])('a wrong %s is refused: %j', (field, change, message) => {
  expect(refusal(() => gcp({ ...OPTIONS, ...change }))).toMatchObject({
    field: `cloud.${field}`,
    message: expect.stringContaining(message),
  });
});
