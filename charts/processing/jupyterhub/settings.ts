import { z } from 'zod';
import { bytes } from '../../../core/quantity';
import { scale } from '../../../core/scale';
import { versions } from '../../../versions';

const NAME = /^[a-z]([-a-z0-9]{0,28}[a-z0-9])?$/;

const minutes = () =>
  z
    .int()
    .min(5, { error: 'is too short to read a page in; write 5 minutes or more' })
    .max(7 * 24 * 60, { error: 'is more than a week, after which nobody comes back; write less' });

const profile = z.strictObject({
  name: z
    .string()
    .regex(NAME, { error: 'is no name; write lower-case letters, digits and dashes, such as "large"' })
    .describe('Name, as the spawn page and its URL have it'),
  description: z.string().default('').describe('One line that the spawn page shows'),
  cores: z.number().positive().describe('Cores that the server requests; it may use what is idle beyond'),
  memory: bytes().describe('Memory of the server, request and limit; a Spark driver in it has half as heap'),
  gpus: z.int().nonnegative().default(0).describe('GPUs (nvidia.com/gpu)'),
  idleMinutes: minutes()
    .optional()
    .describe('Minutes without use after which it is stopped. Default: idleMinutes'),
  executors: z
    .strictObject({
      max: z.int().min(1).default(4).describe('Most executors of a session'),
      cores: z.int().min(1).default(4).describe('Cores of an executor'),
      memory: bytes().default('8Gi').describe('Heap of an executor; Spark adds memory beside it'),
    })
    .prefault({})
    .describe('Executors of a Spark session that says nothing else'),
});

const PROFILES = [
  { name: 'small', description: 'To write code and look at tables', cores: 1, memory: '4Gi' },
  { name: 'large', description: 'For what does not fit into the small one', cores: 4, memory: '16Gi' },
];

export const settings = z.strictObject({
  image: z
    .string()
    .min(1)
    .optional()
    .describe(
      `Image of notebooks: JupyterLab, JupyterHub ${versions.jupyterHub}, Spark ${versions.spark} and the Python of ` +
        'the executors, for user 1000. Default: the one that the site builds, where it names a registry',
    ),
  sparkVersion: z.string().optional().describe('Version of Spark in the image, where its tag does not tell'),
  profiles: z
    .array(profile)
    .min(1)
    .default(PROFILES.map((each) => profile.parse(each)))
    .describe('Sizes to choose from'),
  defaultProfile: z
    .string()
    .optional()
    .describe('Profile of servers for which none was chosen. Default: the first'),
  idleMinutes: minutes()
    .default(30)
    .describe('Minutes without use after which a kernel, its Spark session and then the server are stopped'),
  servers: scale()
    .default({ min: 0, typical: 2, max: 4 })
    .describe('Servers of one team at once, of the default profile'),
  namedServers: z
    .int()
    .nonnegative()
    .max(10)
    .default(2)
    .describe('Servers that one user may have beside the first, each with a home of its own'),
  home: bytes().default('10Gi').describe('Size of a home; it stays when the server goes'),
  teamFolder: z
    .strictObject({
      storageClass: z
        .string()
        .min(1)
        .describe('StorageClass of the cluster for volumes of many pods (ReadWriteMany)'),
      size: bytes().default('100Gi').describe('Size of the folder of one team'),
    })
    .optional()
    .describe(
      'Folder ~/team that all servers of a team share. Default: none; teams share by the object store',
    ),
  sharedFolder: z
    .strictObject({
      server: z
        .string()
        .regex(/^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$/, {
          error: 'is no host; write its name or address',
        })
        .describe('Host that exports the folder by NFS 4.1; nodes reach it'),
      path: z
        .string()
        .regex(/^\/\S*$/, { error: 'is no path of an export; write one such as "/export/shared"' })
        .describe('Path of the export'),
    })
    .optional()
    .describe(
      'Folder ~/shared that servers of all teams read and none writes; whoever keeps the export fills it. Default: none',
    ),
  oidc: z
    .strictObject({
      issuer: z
        .url({
          protocol: /^https$/,
          error: 'is no https URL; write one such as "https://login.example.com/realms/lake"',
        })
        .describe('URL of the issuer, below which /.well-known/openid-configuration lies'),
      clientId: z.string().min(1).default('jupyterhub').describe('Client id at the issuer'),
      usernameClaim: z
        .string()
        .min(1)
        .default('preferred_username')
        .describe('Claim with the name of the user'),
      groupsClaim: z.string().min(1).default('groups').describe('Claim with the groups of the user'),
      scopes: z
        .array(z.string().min(1))
        .min(1)
        .default(['openid', 'profile', 'email', 'groups'])
        .describe('Scopes that are asked for'),
    })
    .optional()
    .describe(
      'Who logs people in; the secret of the client comes from the store of secrets as jupyterhub-oidc. ' +
        'Needed in clouds. Default on own machines: accounts of the hub itself, which its administrator lets in',
    ),
  groups: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe('Group of each team at the issuer. Default: the name of the team'),
  adminGroups: z
    .array(z.string().min(1))
    .default([])
    .describe('Groups at the issuer whose members administer the hub'),
  host: z.hostname().optional().describe('DNS name under which people reach it. Default: notebooks.<domain>'),
  internet: z
    .boolean()
    .default(true)
    .describe('Whether notebooks reach HTTPS outside the cluster: packages, models, data sets'),
  prepull: z
    .boolean()
    .default(true)
    .describe('Whether every node that may run notebooks fetches their image before the first asks for it'),
  placeholders: z
    .int()
    .nonnegative()
    .max(20)
    .default(0)
    .describe(
      'Servers of the default profile for which room is kept, so that the next ones need not wait for a node',
    ),
});

export type Settings = z.output<typeof settings>;
export type Profile = Settings['profiles'][number];
