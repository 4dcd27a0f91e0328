import { z } from 'zod';

export const settings = z.strictObject({
  authority: z
    .enum(['generated', 'stored'])
    .default('generated')
    .describe(
      'Authority for names inside the cluster: one that is generated there, or one whose certificate and key ' +
        '(tls.crt, tls.key) the store of secrets holds as lakeport/<site>/certificate-authority',
    ),
  public: z
    .enum(['acme', 'internal'])
    .optional()
    .describe(
      'Who signs public names: an ACME authority, to which they are proven in the DNS zone of the cloud, or the ' +
        'authority inside the cluster. Default: ACME where the cloud has such a zone',
    ),
  acme: z
    .strictObject({
      server: z
        .url({ protocol: /^https$/, error: 'is no https URL' })
        .default('https://acme-v02.api.letsencrypt.org/directory')
        .describe('URL of the directory'),
      email: z
        .email({ error: 'is no e-mail address' })
        .optional()
        .describe('Whom the authority may write to'),
    })
    .prefault({})
    .describe('The ACME authority'),
});

export type Settings = z.output<typeof settings>;
