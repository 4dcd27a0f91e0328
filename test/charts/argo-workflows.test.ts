import { load } from 'js-yaml';
import { clientLimits } from '../../charts/processing/argo-workflows/limits';
import { NODE_LOSS } from '../../charts/processing/argo-workflows/retry';
import { sitesWith } from '../support/sites';

const sites = sitesWith('namespaces', 'secrets', 'object-store', 'argo-workflows');

// What the controller says of a step that failed.
test.each([
  ['pod deleted', true],
  ['Pod was terminated in response to imminent node shutdown.', true],
  ['The node was low on resource: memory. Threshold quantity: 100Mi, available: 60Mi.', true],
  ['Preempted in order to admit critical pod', true],
  ['Pod was rejected: The node had condition: [DiskPressure].', true],
  ['Error (exit code 143)', true],
  ['Error (exit code 137)', true],
  ['OOMKilled (exit code 137)', false],
  ['Error (exit code 1)', false],
  ['Error (exit code 2): rows were lost', false],
  ["failure condition '{status.applicationState.state in [FAILED]}' evaluated true", false],
])('a step that ends with "%s" is repeated: %s', (message, again) => {
  expect(new RegExp(NODE_LOSS).test(message)).toBe(again);
});

test('the controller keeps up with pods of many teams, and asks no less than by itself for few', () => {
  expect(clientLimits(120)).toEqual({ qps: 20, burst: 30 });
  expect(clientLimits(5_280)).toEqual({ qps: 176, burst: 264 });
});

describe.each([...sites])('%s', (_, { model }) => {
  const found = model.entries.find(
    ({ manifest }) => manifest.metadata.name === 'workflow-controller-configmap',
  );
  const data = (found?.manifest.data ?? {}) as Record<string, string>;

  test('every workflow is spot-only, ends some day and leaves no pods behind', () => {
    const { spec } = load(data.workflowDefaults ?? '') as { spec: Record<string, unknown> };
    expect(spec).toMatchObject({
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } },
      retryStrategy: { retryPolicy: 'OnTransientError' },
      podGC: { strategy: 'OnPodSuccess' },
      ttlStrategy: { secondsAfterSuccess: expect.any(Number), secondsAfterFailure: expect.any(Number) },
      activeDeadlineSeconds: expect.any(Number),
    });
  });

  test('logs and artifacts go to the bucket for them, with no key in the text', () => {
    const text = data.artifactRepository ?? '';
    expect(text).toContain(model.site.bucket('artifacts'));
    expect(text).not.toMatch(/accessKey:|secretKey:|accountKey:/);
  });
});
