import { z } from 'zod';
import { bytes, cpu } from '../../../core/quantity';
import { scale } from '../../../core/scale';
import { SOURCES } from './source';

const ROLE = /^(?!member$|team-)[a-z]([-a-z0-9]{0,28}[a-z0-9])?$/;
const ATTRIBUTE = /^[a-z]\w{0,62}$/;

const url = (example: string) =>
  z.url({ protocol: /^https?$/, error: `is no URL; write one such as "${example}"` });

const group = () => z.string().min(1);

export const settings = z.strictObject({
  oidc: z
    .strictObject({
      issuer: url('https://login.example.com/realms/lake').describe('Issuer of the tokens, as they name it'),
      jwks: url('https://login.example.com/realms/lake/certs').describe('Where its keys are'),
      audience: z.string().min(1).default('data-api').describe('Audience that tokens must have'),
      algorithms: z
        .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512']))
        .min(1)
        .default(['RS256'])
        .describe('How tokens may be signed'),
      groupsClaim: z.string().min(1).default('groups').describe('Claim with the groups of the user'),
    })
    .optional()
    .describe('Issuer whose tokens are believed; there is no other way in, so one must be named'),
  groups: z
    .record(z.string(), group())
    .default({})
    .describe('Group of each team at the issuer. Default: the name of the team'),
  roles: z
    .record(
      z.string().regex(ROLE, {
        error:
          'is no name of a role; write lower-case letters, digits and dashes, such as "steward", and neither "member" nor "team-…"',
      }),
      z.array(group()).min(1),
    )
    .default({})
    .describe('Roles that models name, and the groups at the issuer whose members have them'),
  rows: z
    .record(
      z.string(),
      z.record(
        z.string().regex(ATTRIBUTE, {
          error:
            'is no name of an attribute; write lower-case letters, digits and underscores, such as "zone"',
        }),
        z.array(z.union([z.string(), z.number()])).min(1),
      ),
    )
    .default({})
    .describe(
      'What teams may see, by attributes that the row rules of models name: team → attribute → values',
    ),
  default: z
    .enum(SOURCES)
    .optional()
    .describe(`Source of models that name none. Default: the first that is on of ${SOURCES.join(', ')}`),
  trino: z
    .strictObject({
      team: z.string().describe('Team as which it asks, and whose rights it has there'),
      catalog: z.string().min(1).default('lake').describe('Catalog of tables whose models name none'),
    })
    .optional()
    .describe('Trino as a source. Default: none, since a team must be named'),
  postgres: z
    .strictObject({
      host: z.hostname().describe('DNS name of the server'),
      port: z.int().min(1).max(65_535).default(5432).describe('TCP port of the server'),
      database: z.string().min(1).describe('Database'),
      cidrs: z.array(z.cidrv4()).min(1).describe('Networks in which the server is reached'),
      ca: z
        .string()
        .startsWith('-----BEGIN CERTIFICATE-----', { error: 'is no certificate; write it as PEM' })
        .optional()
        .describe('Certificates that vouch for the server, as PEM. Default: those that every image has'),
    })
    .optional()
    .describe(
      'PostgreSQL server outside the site, as a source; name and password come from the store of secrets as data-api-postgres',
    ),
  replicas: scale()
    .refine(({ min }) => min >= 2, { error: 'begins below 2; write 2 or more, so that one may go' })
    .default({ min: 3, typical: 3, max: 12 })
    .describe('Instances, moved by the CPU that they use'),
  cpu: cpu().default('500m').describe('CPU of an instance in cores; it computes on one'),
  memory: bytes().default('1Gi').describe('Memory of an instance; three quarters of it are its heap'),
  rate: z
    .strictObject({
      perMinute: z.int().positive().default(240).describe('Requests a minute'),
      burst: z.int().positive().default(60).describe('Requests at once'),
    })
    .prefault({})
    .describe('What one user may ask of one instance; beyond it the answer is 429'),
  limits: z
    .strictObject({
      rows: z.int().positive().max(50_000).default(10_000).describe('Rows of an answer'),
      seconds: z
        .int()
        .positive()
        .max(600)
        .default(60)
        .describe('Seconds that a query may take in its source'),
      queries: z
        .int()
        .positive()
        .default(10)
        .describe('Queries that one instance sends to one source at once; others wait'),
    })
    .prefault({})
    .describe('Bounds that protect sources and instances'),
});

export type Settings = z.output<typeof settings>;
