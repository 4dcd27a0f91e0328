import type { Settings } from '../../charts';
import { loadOverlay } from '../../cli/overlays';
import { extendOverlay, type Overlay } from '../../core/overlay';
import { synthesize } from '../../core/synth';
import { program } from '../../program';
import { Project } from '../support/project';
import { expectRefusal } from '../support/refusal';

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
    expect(text.match(/SSL_CERT_DIR/g)).toHaveLength(3 + 5);
    expect(text).toContain('"registry-ca.crt":"-----BEGIN');
  });

  test('a registry on a port of its own is reached, and credentials of the repository are used', () => {
    const text = textOf({
      registry: 'registry.example.com:5443/lake',
      components: { images: { git: { secret: 'git-credentials' } } },
    });
    expect(text).toContain('"port":5443');
    expect(text.match(/"passwordSecret":\{"key":"password","name":"git-credentials"\}/g)).toHaveLength(3);
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

/** A folder with one overlay, which is one of the repository with some changes. */
const mine = (base: string, changes: string): Project =>
  new Project().overlay(
    'mine',
    `import { extendOverlay } from 'REPOSITORY/core/overlay';
     import base from 'REPOSITORY/overlays/${base}';
     export default extendOverlay(base, ${changes});`,
  );

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
    'images without Argo Workflows': [
      `{ components: { 'argo-workflows': false, 'argo-events': false } }`,
      {
        component: 'images',
        field: 'components.argo-workflows',
        found: 'false',
        message: 'images needs argo-workflows, which overlay mine turns off',
        remedy: 'turn argo-workflows on, or turn images off as well',
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
    const project = mine('aws', change);
    try {
      await expectRefusal(project, { site: 'mine', ...expected });
    } finally {
      project.remove();
    }
  });

  test('an image of a folder where the site names no registry', async () => {
    const project = mine('onprem', `{ components: { spark: { image: 'notebook' } } }`);
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
