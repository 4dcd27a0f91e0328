import { aws } from '../../clouds/aws';
import { nodesOf, refusal, requirement, type Spec, wrong } from './support';

const OPTIONS = { region: 'eu-central-1', account: '111122223333', cluster: 'lake' };
const subject = { namespace: 'team-blue', serviceAccount: 'spark' };

test('objects are named by s3a, on the endpoint of the region', () => {
  const { objectStore } = aws(OPTIONS);
  expect(objectStore.uri('lake-raw', 'trips/2026')).toBe('s3a://lake-raw/trips/2026');
  expect(objectStore.uri('lake-raw')).toBe('s3a://lake-raw/');
  expect(objectStore.hadoop).toEqual({
    'fs.s3a.endpoint': 'https://s3.eu-central-1.amazonaws.com',
    'fs.s3a.endpoint.region': 'eu-central-1',
    'fs.s3a.path.style.access': 'false',
    'fs.s3a.connection.ssl.enabled': 'true',
  });
  expect(objectStore.inCluster).toBeUndefined();
});

test('EKS Pod Identity needs nothing in manifests but the way to its agent', () => {
  const cloud = aws(OPTIONS);
  const { hadoop, ...rest } = cloud.identity(subject);
  expect(rest).toEqual({ serviceAccountAnnotations: {}, podLabels: {}, env: [] });
  expect(hadoop['fs.s3a.aws.credentials.provider']).toMatch(/\.ContainerCredentialsProvider$/);
  expect(cloud.identityEgress).toEqual([{ name: 'pod-identity', cidrs: ['169.254.170.23/32'], ports: [80] }]);
});

test('IRSA annotates the ServiceAccount with its role, and reaches STS', () => {
  const cloud = aws({ ...OPTIONS, identity: 'irsa' });
  const { serviceAccountAnnotations, hadoop } = cloud.identity(subject);
  expect(serviceAccountAnnotations).toEqual({
    'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/lake-team-blue-spark',
  });
  expect(hadoop['fs.s3a.aws.credentials.provider']).toMatch(/\.WebIdentityTokenFileCredentialsProvider$/);
  expect(cloud.identityEgress).toEqual([{ name: 'sts', cidrs: ['0.0.0.0/0'], ports: [443] }]);
});

test.each([
  ['us-east-1', 'aws', 's3.us-east-1.amazonaws.com'],
  ['cn-north-1', 'aws-cn', 's3.cn-north-1.amazonaws.com.cn'],
  ['us-gov-west-1', 'aws-us-gov', 's3.us-gov-west-1.amazonaws.com'],
  ['eusc-de-east-1', 'aws-eusc', 's3.eusc-de-east-1.amazonaws.eu'],
])('region %s lies in the partition %s', (region, partition, endpoint) => {
  const cloud = aws({ ...OPTIONS, region, identity: 'irsa' });
  const arn = cloud.identity(subject).serviceAccountAnnotations['eks.amazonaws.com/role-arn'];
  expect(arn).toBe(`arn:${partition}:iam::111122223333:role/lake-team-blue-spark`);
  expect(cloud.objectStore.client).toMatchObject({ endpoint });
});

test('a role name that IAM would refuse is told with its length', () => {
  const cloud = aws({ ...OPTIONS, identity: 'irsa', cluster: 'a-cluster-with-quite-a-long-name' });
  const namespace = 'team-of-people-with-a-long-name';
  expect(refusal(() => cloud.identity({ namespace, serviceAccount: 'spark' }))).toMatchObject({
    field: 'cloud.cluster',
    message: expect.stringContaining('70 characters, and AWS takes at most 64'),
  });
  expect(() => aws({ ...OPTIONS, cluster: 'x'.repeat(100) }).identity(subject)).not.toThrow();
});

describe('nodes', () => {
  const { objects } = nodesOf(aws(OPTIONS));

  test('there is a node class and a pool of each kind', () => {
    expect([...objects.keys()].sort()).toEqual([
      'EC2NodeClass regular',
      'EC2NodeClass spot',
      'EC2NodeClass spot-local-disk',
      'NodePool regular',
      'NodePool spot',
      'NodePool spot-local-disk',
    ]);
  });

  test.each([
    ['regular', 'on-demand', ['r0'], undefined],
    ['spot', 'spot', ['s0', 's1', 's2', 's3'], 'spot'],
    ['spot-local-disk', 'spot', ['s0', 's1', 's2', 's3'], 'spot'],
  ])('pool %s', (name, capacityType, slots, taint) => {
    const pool = objects.get(`NodePool ${name}`);
    expect(requirement(pool, 'karpenter.sh/capacity-type').values).toEqual([capacityType]);
    expect(requirement(pool, 'lakeport.io/spread').values).toEqual(slots);
    expect(pool.template.spec.taints?.[0]?.value).toBe(taint);
    expect(pool.template.spec.nodeClassRef).toEqual({
      group: 'karpenter.k8s.aws',
      kind: 'EC2NodeClass',
      name,
    });
    // Karpenter reads thresholds as text.
    for (const each of pool.template.spec.requirements) {
      if (each.operator === 'Gt') expect(each.values).toEqual([expect.stringMatching(/^\d+$/)]);
    }
  });

  test('spot nodes choose among families, and go when they are empty', () => {
    const { disruption } = objects.get('NodePool spot');
    expect(requirement(objects.get('NodePool spot'), 'karpenter.k8s.aws/instance-family')).toEqual({
      key: 'karpenter.k8s.aws/instance-family',
      operator: 'Exists',
      minValues: 5,
    });
    expect(disruption.consolidationPolicy).toBe('WhenEmpty');
    expect(disruption.budgets).toContainEqual({ nodes: '10%', reasons: ['Drifted'] });
  });

  test('only the pool with local disks asks for them, and lays scratch space on them', () => {
    const nvme = 'karpenter.k8s.aws/instance-local-nvme';
    expect(requirement(objects.get('NodePool spot-local-disk'), nvme)).toBeDefined();
    expect(requirement(objects.get('NodePool spot'), nvme)).toBeUndefined();
    expect(objects.get('EC2NodeClass spot-local-disk').instanceStorePolicy).toBe('RAID0');
    expect(objects.get('EC2NodeClass spot')).not.toHaveProperty('instanceStorePolicy');
    expect(objects.get('NodePool spot-local-disk').weight).toBeLessThan(objects.get('NodePool spot').weight);
  });

  test('every disk is encrypted, whatever the image', () => {
    const disks = (image: string) =>
      nodesOf(aws({ ...OPTIONS, image })).objects.get('EC2NodeClass spot').blockDeviceMappings;
    const names = (image: string) => disks(image).map((each: { deviceName: string }) => each.deviceName);
    expect(names('bottlerocket@v1.46.0')).toEqual(['/dev/xvda', '/dev/xvdb']);
    expect(names('al2023@v20260801')).toEqual(['/dev/xvda']);
    for (const { ebs } of disks('bottlerocket@v1.46.0')) expect(ebs.encrypted).toBe(true);
  });

  test('limits are those of the options', () => {
    const limits = { spot: { cpu: '64', memory: '256Gi' } };
    const few = nodesOf(aws({ ...OPTIONS, limits })).objects;
    expect(few.get('NodePool spot').limits).toEqual({ cpu: '64', memory: '256Gi' });
    expect(few.get('NodePool regular').limits).toEqual({ cpu: '200', memory: '800Gi' });
  });
});

describe('Karpenter', () => {
  const [crds, karpenter] = nodesOf(aws(OPTIONS)).upstream as readonly Spec[];

  test('brings its CRDs apart, of the same version, and never loses them', () => {
    expect(crds.version).toBe(karpenter.version);
    expect(karpenter.skipCrds).toBe(true);
    expect(crds.values).toEqual({
      additionalAnnotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
    });
  });

  test('runs on regular nodes that are there before it', () => {
    expect(JSON.stringify(karpenter.values)).toContain(
      JSON.stringify([
        { key: 'karpenter.sh/nodepool', operator: 'DoesNotExist' },
        { key: 'eks.amazonaws.com/capacityType', operator: 'NotIn', values: ['SPOT'] },
      ]),
    );
    expect(karpenter.values).not.toHaveProperty('serviceAccount');
  });

  test('has its role by the same way as all pods', () => {
    const [, irsa] = nodesOf(aws({ ...OPTIONS, identity: 'irsa' })).upstream as readonly Spec[];
    expect(irsa.values.serviceAccount).toEqual({
      annotations: {
        'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/lake-kube-system-karpenter',
      },
    });
  });
});

test.each([
  ['region', { region: 'Frankfurt' }, 'is no AWS region'],
  ['region', { region: 'us-iso-east-1' }, 'is no AWS region'],
  ['account', { account: '1234' }, 'is no AWS account'],
  ['account', { account: wrong(111122223333) }, 'is not text'],
  ['cluster', { cluster: '' }, 'is no name of an EKS cluster'],
  ['cluster', { cluster: 'my cluster' }, 'is no name of an EKS cluster'],
  ['identity', { identity: wrong('keys') }, 'is none of the values'],
  ['image', { image: 'bottlerocket@latest' }, 'is no pinned image'],
  ['secretRefresh', { secretRefresh: '5' }, 'is no duration'],
  ['limits.spot.cpu', { limits: { spot: { cpu: '2 cores' } } }, 'is no CPU quantity'],
  ['limits.spot.memory', { limits: { spot: { memory: '8' } } }, 'is no size'],
  ['zone', wrong({ zone: 'a' }), 'there is no such setting'],
])('a wrong %s is refused: %j', (field, change, message) => {
  expect(refusal(() => aws({ ...OPTIONS, ...change }))).toMatchObject({
    field: `cloud.${field}`,
    message: expect.stringContaining(message),
  });
});

test('a missing option is told as missing, a misspelt one with what was meant', () => {
  expect(refusal(() => aws(wrong({ region: 'eu-central-1', account: '111122223333' })))).toMatchObject({
    field: 'cloud.cluster',
    message: 'is missing',
  });
  expect(refusal(() => aws({ ...OPTIONS, ...wrong({ identitty: 'irsa' }) })).remedy).toBe(
    'did you mean "identity"?',
  );
});
