import { z } from 'zod';

export const settings = z.strictObject({
  git: z
    .strictObject({
      repository: z
        .url({
          protocol: /^https?$/,
          error:
            'is no URL that a build can clone without a key; write one such as "https://github.com/acme/lakeport.git"',
        })
        .optional()
        .describe('Repository with the folder images. Default: the one that the cluster reads dist from'),
      secret: z
        .string()
        .min(1)
        .optional()
        .describe(
          'Secret in the namespace images with the keys username and password; none for a public repository',
        ),
    })
    .prefault({})
    .describe('Where the sources of images are cloned from, at the revision that the cluster follows'),
  schedule: z.string().min(1).default('0 4 * * 6').describe('When all images are built again: cron, in UTC'),
  suspended: z.boolean().default(false).describe('Whether the schedule waits'),
  severity: z
    .enum(['critical', 'high', 'medium'])
    .default('critical')
    .describe('Least severity of a vulnerability with a fix that keeps an image from being published'),
  signingKey: z
    .string()
    .regex(/^(awskms|azurekms|gcpkms):\/\/\S+$/, {
      error: 'is no key of a key management service; write one such as "awskms:///alias/lakeport-images"',
    })
    .optional()
    .describe(
      'Key that signs images, in the key management service of the cloud; the account image-builder must be allowed to ' +
        'use it. Default: the Secret image-signing-key with the keys cosign.key and cosign.password',
    ),
  certificates: z
    .string()
    .regex(/^-----BEGIN CERTIFICATE-----/, {
      error: 'is no certificate; write PEM, which starts with -----BEGIN CERTIFICATE-----',
    })
    .optional()
    .describe('Authorities that vouch for the registry, as PEM, beside those that everyone trusts'),
  maven: z
    .url({ protocol: /^https?$/, error: 'must be a URL' })
    .default('https://repo1.maven.org/maven2')
    .describe('Maven repository that jars come from; their checksums are in images/spark'),
  pypi: z
    .url({ protocol: /^https?$/, error: 'must be a URL' })
    .default('https://pypi.org/simple')
    .describe('Index that Python packages come from; their checksums are in images/*/requirements.txt'),
  vulnerabilities: z
    .url({ protocol: /^https?$/, error: 'must be a URL' })
    .optional()
    .describe('Where the list of known vulnerabilities is read. Default: the one of Grype'),
});

export type Settings = z.output<typeof settings>;
