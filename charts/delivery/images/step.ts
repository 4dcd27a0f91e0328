import type { Identity } from '../../../core/cloud';
import { podLabels } from '../../../core/labels';
import type { Site } from '../../../core/site';
import { type Resources, restrictedContainer } from '../../../core/workload';
import type { Template } from '../../../imports/argo-workflows';
import { DOCKER_CONFIG } from '../../foundation/secrets';
import { placed } from '../../processing/argo-workflows';
import type { Settings } from './settings';
import { NAMES, ROLES } from './tools';

/** What all steps of a site share. */
export interface StepContext {
  readonly site: Site;
  readonly settings: Settings;
  /** How pods of builds prove who they are to the cloud. */
  readonly identity: Identity;
}

export type Container = Required<Pick<NonNullable<Template['container']>, 'securityContext'>> &
  NonNullable<Template['container']>;
type Volume = NonNullable<Template['volumes']>[number];

export interface StepProps {
  readonly name: string;
  /** Role among the pods of the component. Default: the one that is restricted. */
  readonly role?: (typeof ROLES)[keyof typeof ROLES];
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env?: Container['env'];
  readonly resources: Resources;
  /** Default: that of the restricted profile. */
  readonly securityContext?: Container['securityContext'];
  readonly inputs?: Template['inputs'];
  readonly outputs?: Template['outputs'];
  readonly volumes?: readonly Volume[];
  readonly mounts?: Container['volumeMounts'];
}

const CREDENTIALS = '/credentials';
const CERTIFICATES = '/certificates';

/** A step that speaks to the registry: a container in a pod of its own, on spot nodes. */
export function step({ site, settings, identity }: StepContext, props: StepProps): Template {
  const { name, role = ROLES.check, image, command, args, env = [], inputs, outputs } = props;
  const { cpu, memory, memoryLimit = memory } = props.resources;
  const { affinity, tolerations, priorityClassName } = placed(site);
  const { certificates } = settings;
  return {
    name,
    metadata: { labels: { ...podLabels('images', role), ...identity.podLabels } },
    affinity,
    tolerations,
    priorityClassName,
    ...(inputs ? { inputs } : {}),
    ...(outputs ? { outputs } : {}),
    container: {
      name: 'main',
      image: site.image(image),
      command: [...command],
      args: [...args],
      env: [
        { name: 'DOCKER_CONFIG', value: CREDENTIALS },
        // Beside those of the image, for programs written in Go.
        ...(certificates ? [{ name: 'SSL_CERT_DIR', value: CERTIFICATES }] : []),
        ...env,
      ],
      resources: { requests: { cpu, memory }, limits: { memory: memoryLimit } },
      // The same types of Kubernetes, published twice.
      securityContext: props.securityContext ?? (restrictedContainer() as Container['securityContext']),
      volumeMounts: [
        { name: 'credentials', mountPath: CREDENTIALS, readOnly: true },
        ...(certificates ? [{ name: 'certificates', mountPath: CERTIFICATES, readOnly: true }] : []),
        ...(props.mounts ?? []),
      ],
    },
    volumes: [
      {
        name: 'credentials',
        secret: { secretName: NAMES.registry, items: [{ key: DOCKER_CONFIG, path: 'config.json' }] },
      },
      ...(certificates ? [{ name: 'certificates', configMap: { name: NAMES.files, items: [CA] } }] : []),
      ...(props.volumes ?? []),
    ],
  };
}

/** The file of authorities in the ConfigMap of files. */
export const CA = { key: 'registry-ca.crt', path: 'registry-ca.crt' } as const;
