import fs from 'node:fs';
import path from 'node:path';
import { builtImages } from '../../charts/delivery/images/built';
import { acr, artifactRegistry, ecr } from '../../clouds/registry';
import { coordinates, stack } from '../../compatibility';
import type { Manifest } from '../../core/manifest';
import { program } from '../../program';
import { sitesWith } from '../support/sites';

const sites = sitesWith('namespaces', 'secrets', 'object-store', 'argo-workflows', 'spark', 'images');

const IMAGES = path.join(program.root, 'images');

interface Task {
  readonly name: string;
  readonly template: string;
  readonly depends?: string;
  readonly arguments?: {
    readonly parameters?: readonly { readonly name: string; readonly value: string }[];
    readonly artifacts?: readonly { readonly name: string; readonly from: string }[];
  };
}

interface Step {
  readonly name: string;
  readonly dag?: { readonly tasks: readonly Task[] };
  readonly inputs?: {
    readonly parameters?: readonly { readonly name: string }[];
    readonly artifacts?: readonly { readonly name: string }[];
  };
  readonly outputs?: {
    readonly parameters?: readonly { readonly name: string }[];
    readonly artifacts?: readonly { readonly name: string }[];
  };
  readonly container?: {
    readonly image: string;
    readonly args: readonly string[];
    readonly securityContext: Readonly<Record<string, unknown>>;
    readonly env: readonly { readonly name: string }[];
  };
}

const withRegistry = [...sites].filter(([, { model }]) => model.site.registry !== undefined);
const objectsOf = (site: string, kind: string): readonly Manifest[] =>
  (sites.get(site)?.model.entries ?? [])
    .filter(({ component, manifest }) => component === 'images' && manifest.kind === kind)
    .map(({ manifest }) => JSON.parse(JSON.stringify(manifest)) as Manifest);

const stepsOf = (site: string): readonly Step[] => {
  const [template] = objectsOf(site, 'WorkflowTemplate');
  // The kind tells the shape.
  const spec = template?.spec as unknown as { readonly templates: Step[] } | undefined;
  return spec?.templates ?? [];
};

test('some sites build images, and one does without', () => {
  expect(withRegistry.length).toBeGreaterThan(1);
  expect(withRegistry.length).toBeLessThan(sites.size);
});

describe.each(withRegistry)('%s', (site, { model }) => {
  const images = builtImages(model.site);
  const steps = stepsOf(site);
  const step = (name: string): Step => {
    const found = steps.find((each) => each.name === name);
    if (!found) throw new Error(`there is no template ${name}`);
    return found;
  };

  test('every image comes after the one that it is built from, which it names', () => {
    const tasks = step('all').dag?.tasks ?? [];
    expect(tasks.map(({ name }) => name)).toEqual(images.map(({ name }) => name));
    for (const { name, base } of images) {
      expect(tasks.find((task) => task.name === name)?.depends).toBe(base);
      const args = step(`build-${name}`).container?.args ?? [];
      const below = images.find((each) => each.name === base);
      if (below)
        expect(args).toContain(`--opt=build-arg:${below.name.toUpperCase()}_IMAGE=${below.reference}`);
    }
  });

  test('an image gets its tag after it was scanned and signed, and each task has what its template asks for', () => {
    for (const { name, tag } of images) {
      const tasks = step(`image-${name}`).dag?.tasks ?? [];
      const earlier = (task: Task | undefined): Set<string> => {
        const direct = task?.depends?.split(' && ') ?? [];
        return new Set(
          direct.flatMap((each) => [each, ...earlier(tasks.find((other) => other.name === each))]),
        );
      };
      for (const task of tasks) {
        const { inputs } = step(task.template);
        const given = (task.arguments?.parameters ?? []).map((each) => each.name);
        expect([...given].sort()).toEqual((inputs?.parameters ?? []).map((each) => each.name).sort());
        const used = JSON.stringify(task.arguments ?? {});
        for (const [, from, kind, output] of used.matchAll(/tasks\.([\w-]+)\.outputs\.(\w+)\.(\w+)/g)) {
          expect(earlier(task)).toContain(from);
          const source = step(tasks.find((each) => each.name === from)?.template ?? '');
          const outputs = kind === 'artifacts' ? source.outputs?.artifacts : source.outputs?.parameters;
          expect(outputs?.map((each) => each.name)).toContain(output);
        }
        // The sources are the only artifact that a template has itself.
        const artifacts = (inputs?.artifacts ?? [])
          .map((each) => each.name)
          .filter((each) => each !== 'source');
        expect((task.arguments?.artifacts ?? []).map((each) => each.name)).toEqual(artifacts);
      }
      const published = tasks.filter(({ template }) => template === 'publish');
      expect(published.length).toBe(2);
      for (const each of published) {
        for (const needed of ['build', 'contents', 'scan', 'sign', 'attest'])
          expect(earlier(each)).toContain(needed);
        expect(each.arguments?.parameters?.find((parameter) => parameter.name === 'tag')?.value).toMatch(
          new RegExp(`^${tag}(-\\{\\{.*\\}\\})?$`),
        );
      }
    }
  });

  test('only BuildKit is more than restricted, and the API server is told so', () => {
    const contexts = steps.flatMap(({ container }) => (container ? [container] : []));
    const [policy] = objectsOf(site, 'ValidatingAdmissionPolicy').filter(({ metadata }) =>
      metadata.name.includes('unconfined'),
    );
    for (const { image, securityContext } of contexts) {
      const builds = image.includes('moby/buildkit');
      expect(securityContext.allowPrivilegeEscalation).toBe(builds);
      expect(securityContext.privileged).toBeUndefined();
      expect(securityContext.capabilities).toEqual({
        drop: ['ALL'],
        ...(builds ? { add: ['SETGID', 'SETUID'] } : {}),
      });
      if (builds)
        expect(JSON.stringify(policy)).toContain(JSON.stringify(`c.image == "${image}"`).slice(1, -1));
    }
    expect(contexts.filter(({ image }) => image.includes('moby/buildkit'))).toHaveLength(images.length);
  });

  test('every argument that a Dockerfile has no default for is given', () => {
    for (const { name } of images) {
      const dockerfile = fs.readFileSync(path.join(IMAGES, name, 'Dockerfile'), 'utf8');
      const wanted = [...dockerfile.matchAll(/^ARG (\w+)$/gm)].map(([, argument]) => argument);
      expect(wanted.length).toBeGreaterThan(0);
      const args = (step(`build-${name}`).container?.args ?? []).join('\n');
      for (const argument of wanted)
        expect(args).toMatch(new RegExp(`^--opt=build-arg:${argument}=\\S+$`, 'm'));
    }
  });

  test('jobs run on the image and fetch nothing', () => {
    const text = JSON.stringify(model.entries.filter(({ component }) => component === 'spark'));
    expect(text).not.toContain('spark.jars');
    expect(text).not.toContain('docker.io/apache/spark');
    expect(text).toContain(images.find(({ name }) => name === 'spark')?.reference);
  });

  test('what uses the images comes after them, and a change of one is another build', () => {
    const { order } = sites.get(site) ?? {};
    expect(order?.waves.get('spark')).toBeGreaterThan(order?.waves.get('images') ?? Number.POSITIVE_INFINITY);
    const [workflow] = objectsOf(site, 'Workflow');
    expect(workflow?.metadata.name).toMatch(/^build-image-[0-9a-f]{8}$/);
    const [cron] = objectsOf(site, 'CronWorkflow');
    expect(JSON.stringify(cron)).toContain('"workflowTemplateRef":{"name":"build-image"}');
  });
});

test.each([
  ['aws', 'ECRAuthorizationToken', { region: 'eu-central-1' }],
  ['azure', 'ACRAccessToken', { registry: 'examplelake.azurecr.io' }],
  ['gcp', 'GCRAccessToken', { projectID: 'example-lake-prod' }],
])('credentials of %s are tokens of its registry', (site, kind, spec) => {
  const [generator] = objectsOf(site, kind);
  expect(generator?.spec).toMatchObject(spec);
  const secret = objectsOf(site, 'ExternalSecret').find(
    ({ metadata }) => metadata.name === 'registry-credentials',
  );
  if (!secret) throw new Error('there is no such ExternalSecret');
  // The kind tells the shape.
  const { target, dataFrom } = secret.spec as unknown as {
    readonly target: { readonly template: { readonly type: string; readonly data: Record<string, string> } };
    readonly dataFrom: readonly {
      readonly sourceRef: { readonly generatorRef: { readonly kind: string } };
    }[];
  };
  expect(dataFrom.map(({ sourceRef }) => sourceRef.generatorRef.kind)).toEqual([kind]);
  expect(target.template.type).toBe('kubernetes.io/dockerconfigjson');
  // As the operator fills it in.
  const config = target.template.data['.dockerconfigjson']?.replace(/\{\{.*?\}\}/, 'dXNlcjpwYXNz') ?? '';
  const [host = ''] = sites.get(site)?.model.site.registry?.split('/') ?? [];
  expect(JSON.parse(config)).toEqual({ auths: { [host]: { auth: 'dXNlcjpwYXNz' } } });
});

test.each([
  ['111122223333.dkr.ecr.eu-central-1.amazonaws.com', { kind: 'ecr', region: 'eu-central-1' }],
  ['111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn', { kind: 'ecr', region: 'cn-north-1' }],
  ['111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com', { kind: 'ecr', region: 'us-gov-west-1' }],
  ['public.ecr.aws', undefined],
  ['registry.example.com', undefined],
])('%s on AWS: %j', (host, token) => {
  expect(ecr(host)).toEqual(token);
});

test('registries of other clouds are none of this one', () => {
  expect(acr('lake.azurecr.io', 'tenant')).toEqual({ kind: 'acr', tenant: 'tenant' });
  expect(acr('azurecr.io.example.com', 'tenant')).toBeUndefined();
  expect(artifactRegistry('europe-docker.pkg.dev', 'p')).toEqual({ kind: 'artifact-registry', project: 'p' });
  expect(artifactRegistry('lake.azurecr.io', 'p')).toBeUndefined();
});

test('a site without a registry has no trace of images, and jobs fetch the connector', () => {
  for (const [, { model, delivery }] of [...sites].filter(
    ([, each]) => each.model.site.registry === undefined,
  )) {
    expect(model.entries.filter(({ component }) => component === 'images')).toEqual([]);
    expect(model.site.namespaces.map(({ name }) => name)).not.toContain('images');
    expect([...delivery.files.keys()]).not.toContain('application-images.yaml');
    const text = JSON.stringify(model.entries);
    const connector = coordinates(stack)[model.site.cloud.objectStore.client.protocol];
    expect(text).toMatch(new RegExp(`spark\\.jars\\.packages \\S*${connector[0]?.split(':')[1]}`));
  }
});

test('sites with the same kind of object store have the same image, others another', () => {
  const tags = withRegistry.map(([, { model }]) => {
    const tag = builtImages(model.site).find(({ name }) => name === 'spark')?.tag ?? '';
    expect(tag).toMatch(/^\d+\.\d+\.\d+-(s3|azure|gcs)-[0-9a-f]{8}$/);
    return `${model.site.cloud.objectStore.client.protocol} ${tag}`;
  });
  const kinds = new Set(withRegistry.map(([, { model }]) => model.site.cloud.objectStore.client.protocol));
  expect(new Set(tags).size).toBe(kinds.size);
});
