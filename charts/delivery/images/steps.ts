import { stack } from '../../../compatibility';
import type { Template } from '../../../imports/argo-workflows';
import { type BuiltImage, rootOf, UPSTREAM } from './built';
import { FOLDER } from './folders';
import { type Container, type StepContext, step } from './step';
import { BUILDKIT_USER, NAMES, ROLES, SIGNING_KEY, TOOLS } from './tools';

/** Templates that any image goes through, by name. */
export const STEPS = {
  sbom: 'list-contents',
  scan: 'scan',
  sign: 'sign',
  attest: 'attest',
  publish: 'publish',
} as const;

/** A parameter of the template that is run. */
export const given = (name: string): string => `{{inputs.parameters.${name}}}`;

/** The day on which the workflow began. */
export const DAY = ['Y', 'm', 'd'].map((part) => `{{workflow.creationTimestamp.${part}}}`).join('');

const SBOM = { name: 'sbom', path: '/tmp/sbom.json' } as const;
const DIGEST = '/tmp/digest';
const SOURCE = '/source';
const FILES = '/files';
const STATE = '/home/user/.local/share/buildkit';

/** Name of the template that builds an image. */
export const buildOf = ({ name }: BuiltImage): string => `build-${name}`;

/** Builds one image with BuildKit as a user of its own, and pushes it without a tag: nobody pulls it yet. */
export function buildStep(context: StepContext, image: BuiltImage, images: readonly BuiltImage[]): Template {
  const { git } = context.settings;
  const { repository, revision } = context.site.git;
  const folder = `${SOURCE}/${FOLDER}/${image.name}`;
  const cache = `type=registry,ref=${image.repository}:cache`;
  return step(context, {
    name: buildOf(image),
    role: ROLES.build,
    image: TOOLS.buildkit,
    command: ['sh', `${FILES}/build.sh`],
    args: [
      DIGEST,
      '--frontend=dockerfile.v0',
      `--local=context=${folder}`,
      `--local=dockerfile=${folder}`,
      ...Object.entries(argumentsOf(context, image, images)).map(
        ([key, value]) => `--opt=build-arg:${key}=${value}`,
      ),
      `--output=type=image,name=${image.repository},push=true,push-by-digest=true,name-canonical=true,oci-mediatypes=true,rewrite-timestamp=true`,
      `--import-cache=${cache}`,
      `--export-cache=${cache},mode=max,image-manifest=true,oci-mediatypes=true`,
    ],
    // Without it, BuildKit mounts a /proc for each command, which the kernel refuses inside of a container.
    env: [{ name: 'BUILDKITD_FLAGS', value: '--oci-worker-no-process-sandbox' }],
    resources: { cpu: '2', memory: '4Gi', memoryLimit: '8Gi' },
    securityContext: BUILDKIT,
    inputs: {
      artifacts: [
        {
          name: 'source',
          path: SOURCE,
          git: {
            repo: git.repository ?? repository,
            revision,
            disableSubmodules: true,
            ...(git.secret
              ? {
                  usernameSecret: { name: git.secret, key: 'username' },
                  passwordSecret: { name: git.secret, key: 'password' },
                }
              : {}),
          },
        },
      ],
    },
    outputs: { parameters: [{ name: 'digest', valueFrom: { path: DIGEST } }] },
    volumes: [
      { name: 'files', configMap: { name: NAMES.files } },
      { name: 'state', emptyDir: {} },
    ],
    mounts: [
      { name: 'files', mountPath: FILES, readOnly: true },
      // Another file system than that of the image, which some nodes mount without setuid and devices.
      { name: 'state', mountPath: STATE },
    ],
  });
}

/**
 * What BuildKit needs without being root: newuidmap and newgidmap, which are setuid, map its user namespace; within
 * it, it unshares and mounts, which the default profiles of seccomp and AppArmor refuse. It has no right on the node.
 */
const BUILDKIT: NonNullable<Container['securityContext']> = {
  runAsUser: BUILDKIT_USER,
  runAsGroup: BUILDKIT_USER,
  runAsNonRoot: true,
  allowPrivilegeEscalation: true,
  readOnlyRootFilesystem: false,
  capabilities: { drop: ['ALL'], add: ['SETGID', 'SETUID'] },
  seccompProfile: { type: 'Unconfined' },
  appArmorProfile: { type: 'Unconfined' },
};

/** The arguments of an image's Dockerfile. */
function argumentsOf(
  { site, settings }: StepContext,
  image: BuiltImage,
  images: readonly BuiltImage[],
): Record<string, string> {
  const base = images.find(({ name }) => name === image.base);
  const from = base
    ? { [`${base.name.toUpperCase()}_IMAGE`]: base.reference }
    : Object.fromEntries(
        Object.entries(UPSTREAM[rootOf(image)]).map(([key, value]) => [key, site.image(value)]),
      );
  return {
    ...from,
    ...(base ? {} : { CONNECTOR: site.cloud.objectStore.client.protocol, MAVEN: settings.maven }),
    ...(rootOf(image) === 'spark' ? { PIP_INDEX_URL: settings.pypi, SPARK: stack.spark } : {}),
    VERSION: image.tag,
    SOURCE: site.git.repository,
    DAY,
    // Layers with the same files are the same layer.
    SOURCE_DATE_EPOCH: '0',
  };
}

const DIGEST_INPUT = { parameters: [{ name: 'repository' }, { name: 'digest' }] };
const SUBJECT = `${given('repository')}@${given('digest')}`;
const SBOM_INPUT = { artifacts: [SBOM] };
const SMALL = { cpu: '100m', memory: '256Mi' } as const;

/** The steps that an image goes through before it has a tag. */
export function checkSteps(context: StepContext): Template[] {
  const { severity, vulnerabilities } = context.settings;
  return [
    step(context, {
      name: STEPS.sbom,
      image: TOOLS.syft,
      command: ['/syft'],
      args: ['scan', `registry:${SUBJECT}`, `--output=spdx-json=${SBOM.path}`],
      env: [{ name: 'SYFT_CHECK_FOR_APP_UPDATE', value: 'false' }],
      resources: { cpu: '1', memory: '2Gi', memoryLimit: '4Gi' },
      inputs: DIGEST_INPUT,
      outputs: { artifacts: [{ ...SBOM, archive: { none: {} } }] },
    }),
    step(context, {
      name: STEPS.scan,
      image: TOOLS.grype,
      command: ['/grype'],
      args: [`sbom:${SBOM.path}`, '--only-fixed', `--fail-on=${severity}`],
      env: [
        { name: 'GRYPE_CHECK_FOR_APP_UPDATE', value: 'false' },
        { name: 'GRYPE_DB_CACHE_DIR', value: '/tmp/grype' },
        ...(vulnerabilities ? [{ name: 'GRYPE_DB_UPDATE_URL', value: vulnerabilities }] : []),
      ],
      resources: { cpu: '1', memory: '1Gi', memoryLimit: '2Gi' },
      inputs: SBOM_INPUT,
    }),
    cosign(context, STEPS.sign, ['sign'], DIGEST_INPUT),
    cosign(context, STEPS.attest, ['attest', '--type=spdxjson', `--predicate=${SBOM.path}`], {
      ...DIGEST_INPUT,
      ...SBOM_INPUT,
    }),
    step(context, {
      name: STEPS.publish,
      image: TOOLS.crane,
      command: ['/ko-app/crane'],
      args: ['tag', SUBJECT, given('tag')],
      resources: SMALL,
      inputs: { parameters: [...DIGEST_INPUT.parameters, { name: 'tag' }] },
    }),
  ];
}

/** A step of cosign: with the key of the site, and without the public log, which would tell what a site builds. */
function cosign(
  context: StepContext,
  name: string,
  command: readonly string[],
  inputs: NonNullable<Template['inputs']>,
): Template {
  const { signingKey } = context.settings;
  const key = signingKey ?? `/key/${SIGNING_KEY.key}`;
  return step(context, {
    name,
    image: TOOLS.cosign,
    command: ['/ko-app/cosign'],
    args: [...command, '--yes', `--key=${key}`, `--signing-config=${FILES}/signing-config.json`, SUBJECT],
    env: [
      { name: 'HOME', value: '/tmp' },
      ...(signingKey
        ? []
        : [
            {
              name: 'COSIGN_PASSWORD',
              valueFrom: { secretKeyRef: { name: NAMES.signingKey, key: SIGNING_KEY.password } },
            },
          ]),
    ],
    resources: SMALL,
    inputs,
    volumes: [
      { name: 'files', configMap: { name: NAMES.files } },
      ...(signingKey
        ? []
        : [
            {
              name: 'key',
              secret: {
                secretName: NAMES.signingKey,
                items: [{ key: SIGNING_KEY.key, path: SIGNING_KEY.key }],
              },
            },
          ]),
    ],
    mounts: [
      { name: 'files', mountPath: FILES, readOnly: true },
      ...(signingKey ? [] : [{ name: 'key', mountPath: '/key', readOnly: true }]),
    ],
  });
}
