import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Settings } from '../../charts';
import { builtImages } from '../../charts/delivery/images/built';
import { baseOf, sourceOf } from '../../charts/delivery/images/dockerfile';
import { imageFolders } from '../../charts/delivery/images/folders';
import { loadOverlay } from '../../cli/overlays';
import { acr, artifactRegistry, ecr } from '../../clouds/registry';
import { coordinates, stack } from '../../compatibility';
import type { Manifest } from '../../core/manifest';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { describeProblem, InputError } from '../../core/problem';
import { synthesize } from '../../core/synth';
import { program } from '../../program';
import { Project } from '../support/project';
import { expectRefusal } from '../support/refusal';
import { sites } from '../support/sites';

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

describe('Dockerfiles', () => {
  test.each([
    ['FROM a', 'a', undefined],
    ['FROM --platform=linux/amd64 a AS x\nFROM b', 'b', undefined],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as a Dockerfile has it
    ['ARG SPARK_IMAGE\nFROM ${SPARK_IMAGE}', '${SPARK_IMAGE}', 'spark'],
    ['from $SPARK_IMAGE as base\nFROM tools\nFROM Base', '$SPARK_IMAGE', 'spark'],
    ['FROM $NOTEBOOK_IMAGE AS one\nFROM one AS two\nFROM two', '$NOTEBOOK_IMAGE', 'notebook'],
    // A stage of its own name is what lies in the registry.
    ['FROM tools AS tools\nFROM $SPARK_IMAGE AS x\nFROM tools', 'tools', undefined],
    ['# FROM a\nRUN true', undefined, undefined],
  ])('%j is built from %s', (dockerfile, source, base) => {
    expect(sourceOf(dockerfile)).toBe(source);
    expect(baseOf(dockerfile)).toBe(base);
  });

  const folder = () => fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-images-'));
  const write = (root: string, file: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  };

  test('each image comes after its base, and every file of it counts', () => {
    const root = folder();
    write(root, 'spark/Dockerfile', 'FROM anything');
    write(root, 'notebook/Dockerfile', 'FROM $SPARK_IMAGE');
    write(root, 'a-course/Dockerfile', 'FROM $NOTEBOOK_IMAGE');
    write(root, 'a-job/Dockerfile', 'FROM $SPARK_IMAGE');
    write(root, 'README.md', 'no image');
    const before = imageFolders(root);
    expect(before.map(({ name, base }) => [name, base])).toEqual([
      ['spark', undefined],
      ['a-job', 'spark'],
      ['notebook', 'spark'],
      ['a-course', 'notebook'],
    ]);
    write(root, 'a-job/lib/more.py', 'pass');
    const changed = imageFolders(root).filter((each, index) => each.checksum !== before[index]?.checksum);
    expect(changed.map(({ name }) => name)).toEqual(['a-job']);
    fs.rmSync(root, { recursive: true });
  });

  test.each([
    [
      'job/Dockerfile',
      'FROM docker.io/apache/spark:4.0.4',
      'images/job/Dockerfile',
      'does not carry the Spark',
      'FROM docker.io/apache/spark:4.0.4',
    ],
    [
      'notebook/Dockerfile',
      'FROM $NOTEBOOK_IMAGE',
      'images/notebook/Dockerfile',
      'does not carry the Spark',
      'FROM $NOTEBOOK_IMAGE',
    ],
    ['job/readme.txt', 'none', 'images/job', 'has no Dockerfile', undefined],
    ['My_Job/Dockerfile', 'FROM $SPARK_IMAGE', 'images/My_Job', 'is no name of an image', 'My_Job'],
  ])('%s with %s is refused', (file, text, field, message, found) => {
    const root = folder();
    write(root, 'spark/Dockerfile', 'FROM anything');
    write(root, file, text);
    try {
      imageFolders(root);
      throw new Error('it was not refused');
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      const [problem] = (error as InputError).problems;
      expect(problem).toMatchObject({ field, ...(found ? { found } : {}) });
      expect(problem?.message).toContain(message);
      expect(describeProblem(problem ?? { message: '', remedy: '' })).toContain('remedy: ');
    } finally {
      fs.rmSync(root, { recursive: true });
    }
  });
});

describe('the script of a build', () => {
  const script = path.join(program.root, 'charts/delivery/images/build.sh');
  const run = (metadata: string) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lakeport-build-'));
    // Stands for BuildKit: writes what it is told to where the script asks for it.
    const buildctl = path.join(folder, 'buildctl-daemonless.sh');
    fs.writeFileSync(buildctl, `#!/bin/sh\nprintf '%s' '${metadata}' >"$3"\nprintf '%s\\n' "$@"\n`, {
      mode: 0o755,
    });
    const digest = path.join(folder, 'digest');
    const { status, stdout, stderr } = spawnSync('sh', [script, digest, '--opt=a=b', '--output=c'], {
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    const written = fs.existsSync(digest) ? fs.readFileSync(digest, 'utf8') : undefined;
    fs.rmSync(folder, { recursive: true });
    return { status, stdout, stderr, written };
  };

  test('hands its arguments on and leaves the digest', () => {
    const sum = `sha256:${'ab'.repeat(32)}`;
    const { status, stdout, written } = run(
      `{\n  "buildx.build.ref": "x",\n  "containerimage.digest": "${sum}"\n}`,
    );
    expect([status, written]).toEqual([0, sum]);
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'build',
      '--metadata-file',
      expect.any(String),
      '--opt=a=b',
      '--output=c',
    ]);
  });

  test('fails where there is no digest', () => {
    const { status, stderr, written } = run('{}');
    expect([status, written]).toEqual([1, undefined]);
    expect(stderr).toContain('names no digest');
  });
});

describe('settings', () => {
  const base = loadOverlay(program.root, 'aws', (file) => require(file)) as Overlay<Settings>;
  const textOf = (change: Partial<Overlay<Settings>>): string => {
    const { model } = synthesize('site', extendOverlay(base, change), program.platform);
    return JSON.stringify(model.entries.map(({ manifest }) => manifest));
  };

  test('a key of a key management service takes the place of the Secret', () => {
    expect(textOf({})).toContain('image-signing-key');
    const text = textOf({ components: { images: { signingKey: 'awskms:///alias/lakeport' } } });
    expect(text).not.toContain('image-signing-key');
    expect(text).toContain('--key=awskms:///alias/lakeport');
  });

  test('authorities of the registry are given to every step', () => {
    const certificates = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    const text = textOf({ components: { images: { certificates } } });
    expect(text.match(/SSL_CERT_DIR/g)).toHaveLength(2 + 5);
    expect(text).toContain('"registry-ca.crt":"-----BEGIN');
  });

  test('a registry on a port of its own is reached, and credentials of the repository are used', () => {
    const text = textOf({
      registry: 'registry.example.com:5443/lake',
      components: { images: { git: { secret: 'git-credentials' } } },
    });
    expect(text).toContain('"port":5443');
    expect(text.match(/"passwordSecret":\{"key":"password","name":"git-credentials"\}/g)).toHaveLength(2);
  });

  test('credentials of a registry that is none of the cloud come from the store of the site', () => {
    const text = textOf({ registry: 'registry.example.com/lake' });
    expect(text).not.toContain('ECRAuthorizationToken');
    expect(text).toContain('"secretKey":".dockerconfigjson"');
  });

  test('a site without a store of secrets builds with Secrets that people make', () => {
    const change = { registry: 'registry.example.com/lake' };
    const onprem = loadOverlay(program.root, 'onprem', (file) => require(file)) as Overlay<Settings>;
    const { model } = synthesize('site', extendOverlay(onprem, change), program.platform);
    for (const name of ['registry-credentials', 'image-signing-key']) {
      const secret = { group: '', kind: 'Secret', namespace: 'images', name };
      expect(model.whyExternal(secret)).toMatch(/registry|person/);
    }
  });

  test('a site may use images that another one builds', () => {
    const text = textOf({ components: { images: false } });
    expect(text).toContain('dkr.ecr.eu-central-1.amazonaws.com/lake/spark:4.1.3-s3-');
    expect(text).not.toContain('WorkflowTemplate","metadata":{"labels":{"app.kubernetes.io/name":"images"');
  });
});

describe('refused', () => {
  const cases = {
    'an image with another Spark': [
      `{ components: { spark: { image: 'registry.example.com/jobs:4.0.4-1' } } }`,
      {
        component: 'spark',
        field: 'image',
        found: '"registry.example.com/jobs:4.0.4-1"',
        message: 'its tag says 4.0.4',
        remedy: 'build it from an image of the platform',
      },
    ],
    'an image whose tag tells nothing': [
      `{ components: { spark: { image: 'registry.example.com:5000/jobs:main-7f2e1f0' } } }`,
      {
        component: 'spark',
        field: 'image',
        found: '"registry.example.com:5000/jobs:main-7f2e1f0"',
        message: 'its tag tells no version',
        remedy:
          'build it from an image of the platform (docs/images.md); where it does carry Spark 4.1.3, write sparkVersion: "4.1.3"',
      },
    ],
    'an image that is declared to have another Spark': [
      `{ components: { spark: { image: 'registry.example.com/jobs:1.0.0', sparkVersion: '4.2.0' } } }`,
      {
        component: 'spark',
        field: 'image',
        found: '"registry.example.com/jobs:1.0.0"',
        message: 'sparkVersion says 4.2.0',
        remedy: 'build it',
      },
    ],
    'an image of a folder that is not there': [
      `{ components: { spark: { image: 'trips' } } }`,
      {
        component: 'spark',
        field: 'image',
        found: '"trips"',
        message: 'there is no such folder in images',
        remedy: 'write one of: spark, notebook; or make the folder images/trips',
      },
    ],
    'a jar for another Spark': [
      `{ components: { spark: { jars: ['io.delta:delta-spark_4.0_2.13:4.4.0'] } } }`,
      {
        component: 'spark',
        field: 'jars[0]',
        found: '"io.delta:delta-spark_4.0_2.13:4.4.0"',
        message: 'is built for Spark 4.0',
        remedy: 'name the one that fits',
      },
    ],
    'a registry with a scheme': [
      `{ registry: 'https://registry.example.com/lake' }`,
      {
        field: 'registry',
        found: '"https://registry.example.com/lake"',
        message: 'is no registry',
        remedy: 'write host and path without a scheme',
      },
    ],
    'a repository that a build cannot clone': [
      `{ git: { repository: 'git@github.com:example/lakeport.git' } }`,
      {
        component: 'images',
        field: 'git.repository',
        found: '"git@github.com:example/lakeport.git"',
        message: 'a build clones over HTTP only',
        remedy: 'write the https URL',
      },
    ],
    'a signing key that is none': [
      `{ components: { images: { signingKey: 'cosign.key' } } }`,
      {
        component: 'images',
        field: 'signingKey',
        found: '"cosign.key"',
        message: 'is no key of a key management service',
        remedy: 'write one such as',
      },
    ],
  } as const;
  test.each(Object.entries(cases))('%s', async (_, [change, expected]) => {
    const project = new Project().extending('mine', 'aws', change);
    try {
      await expectRefusal(project, { site: 'mine', ...expected });
    } finally {
      project.remove();
    }
  });

  test('an image of a folder where the site names no registry', async () => {
    const project = new Project().extending(
      'mine',
      'onprem',
      `{ components: { spark: { image: 'notebook' } } }`,
    );
    try {
      await expectRefusal(project, {
        site: 'mine',
        component: 'spark',
        field: 'image',
        found: '"notebook"',
        message: 'which names no registry to push it to',
        remedy: 'name one in the overlay: registry',
      });
    } finally {
      project.remove();
    }
  });
});
