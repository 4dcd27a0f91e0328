import { z } from 'zod';
import { bytes, cpu } from '../../../core/quantity';
import { scale } from '../../../core/scale';

const ldap = z.strictObject({
  kind: z.literal('ldap').describe('Name and password, which a directory checks'),
  url: z
    .url({
      protocol: /^ldaps?$/,
      error: 'is no URL of a directory; write one such as "ldaps://directory.example.com"',
    })
    .describe('URL of the directory'),
  userDnPattern: z
    .string()
    .regex(/%s/, {
      error: 'has no place for the name; write one such as "uid=%s,ou=people,dc=example,dc=com"',
    })
    .describe('DN of a user, with %s for the name'),
  groupDnPattern: z
    .string()
    .regex(/%s/, {
      error: 'has no place for the name; write one such as "cn=%s,ou=groups,dc=example,dc=com"',
    })
    .optional()
    .describe('DN of a group, with %s for its name; wanted where `groups` are named'),
  groups: z
    .array(z.string().min(1))
    .default([])
    .describe('Groups of which a user must be in one. Default: none is wanted'),
});

const jwt = z.strictObject({
  kind: z.literal('jwt').describe('A token of an issuer (OIDC)'),
  jwks: z
    .url({
      protocol: /^https?$/,
      error: 'is no URL; write that of the keys of the issuer, such as "https://login.example.com/keys"',
    })
    .describe('URL of the keys that tokens are signed with'),
});

export const settings = z.strictObject({
  image: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Image of both programs, with the driver of PostgreSQL and the connector of the object store: a folder of ' +
        'images/, or a reference. Default: the one that the site builds, where it names a registry; else the one of ' +
        'Apache, whose pods fetch what it lacks',
    ),
  maven: z
    .url({ protocol: /^https?$/, error: 'must be a URL' })
    .default('https://repo1.maven.org/maven2')
    .describe('Maven repository for what the image of Apache lacks'),
  metastore: z
    .strictObject({
      replicas: scale()
        .refine(({ min }) => min >= 2, { error: 'begins below 2, and all engines wait for the metastore' })
        .default({ min: 2, typical: 2, max: 4 })
        .describe('Metastores; each answers everything'),
      cpu: cpu().default('500m').describe('CPU of each in cores'),
      memory: bytes().default('2Gi').describe('Memory of each; three quarters of it are heap'),
    })
    .prefault({})
    .describe('Metadata of the tables of all engines, by Thrift and as a REST catalog of Iceberg'),
  server: z
    .strictObject({
      replicas: scale()
        .refine(({ min }) => min >= 2, { error: 'begins below 2, and each loses its node now and then' })
        .default({ min: 2, typical: 2, max: 6 })
        .describe('Servers; a query runs in the one that it was sent to'),
      cores: z
        .int()
        .positive()
        .default(4)
        .describe('Cores of each, and tasks of queries that it runs at once'),
      memory: bytes().default('12Gi').describe('Memory of each; three quarters of it are heap'),
    })
    .prefault({})
    .describe('HiveServer2: SQL with transactions'),
  authentication: z
    .discriminatedUnion('kind', [ldap, jwt])
    .optional()
    .describe(
      'How users of HiveServer2 prove who they are; privileges count from then on. Default: they say their name, and ' +
        'everybody who reaches it may do everything',
    ),
  admins: z
    .array(z.string().min(1))
    .default([])
    .describe('Users who may take the role `admin`, which grants privileges and makes roles'),
});

export type Settings = z.output<typeof settings>;
