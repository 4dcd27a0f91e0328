import type { ComponentChart } from '../../../core/chart';
import type { DnsZone } from '../../../core/cloud';
import { InputError } from '../../../core/problem';
import { ClusterIssuer, type Dns01Solver } from '../../../imports/cert-manager';
import {
  CertificateSpecPrivateKeyAlgorithm as Algorithm,
  Certificate,
  CertificateSpecPrivateKeyRotationPolicy as Rotation,
} from '../../../imports/certificate-cert-manager.io';
import { storedSecret } from '../secrets';
import type { Settings } from './settings';

/** Issuers by what they sign for, in the whole cluster. */
export const ISSUERS = { internal: 'lakeport-internal', public: 'lakeport-public' } as const;

/** The Secret with certificate and key of the authority inside the cluster. */
const AUTHORITY = 'lakeport-authority';
const SELF_SIGNED = 'lakeport-self-signed';

/** Who signs inside the cluster, and who signs public names. */
export function writeIssuers(chart: ComponentChart, settings: Settings): void {
  writeAuthority(chart, settings);
  new ClusterIssuer(chart, 'internal', {
    metadata: { name: ISSUERS.internal },
    spec: { ca: { secretName: AUTHORITY } },
  });
  const zone = publicZone(chart, settings);
  const { server, email } = settings.acme;
  new ClusterIssuer(chart, 'public', {
    metadata: { name: ISSUERS.public },
    spec: zone
      ? {
          acme: {
            server,
            ...(email ? { email } : {}),
            privateKeySecretRef: { name: 'lakeport-acme-account' },
            solvers: [{ dns01: solver(zone, chart.site.domain) }],
          },
        }
      : { ca: { secretName: AUTHORITY } },
  });
}

/** The zone in which public names are proven; undefined where the authority inside the cluster signs them. */
export function publicZone({ site }: ComponentChart, settings: Settings): DnsZone | undefined {
  const { dnsZone, dnsZoneOption } = site.cloud;
  if (settings.public === 'acme' && !dnsZone) {
    const message = `an ACME authority asks for a record in public DNS, and ${site.cloud.name} names no zone`;
    throw new InputError([{ field: 'public', found: 'acme', message, remedy: dnsZoneOption.remedy }]);
  }
  return settings.public === 'internal' ? undefined : dnsZone;
}

function writeAuthority(chart: ComponentChart, { authority }: Settings): void {
  if (authority === 'stored') {
    storedSecret(chart, {
      name: AUTHORITY,
      remote: 'certificate-authority',
      keys: ['tls.crt', 'tls.key'],
      type: 'kubernetes.io/tls',
      field: 'authority',
    });
    return;
  }
  new ClusterIssuer(chart, 'self-signed', { metadata: { name: SELF_SIGNED }, spec: { selfSigned: {} } });
  new Certificate(chart, 'authority', {
    metadata: { name: AUTHORITY, namespace: chart.home },
    spec: {
      secretName: AUTHORITY,
      commonName: `lakeport ${chart.site.name}`,
      isCa: true,
      duration: '87600h',
      renewBefore: '8760h',
      // With the same key, what was signed before it was renewed is still believed.
      privateKey: { algorithm: Algorithm.ECDSA, size: 256, rotationPolicy: Rotation.NEVER },
      issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: SELF_SIGNED },
    },
  });
}

/** The zone in the words of cert-manager, which proves itself there with the identity of its own pods. */
function solver(zone: DnsZone, domain: string): Dns01Solver {
  switch (zone.kind) {
    case 'route53':
      return { route53: { region: zone.region } };
    case 'cloud-dns':
      return { cloudDNS: { project: zone.project } };
    case 'azure-dns':
      return {
        azureDNS: {
          subscriptionID: zone.subscription,
          resourceGroupName: zone.resourceGroup,
          hostedZoneName: zone.zone ?? domain,
          environment: 'AzurePublicCloud',
          managedIdentity: { clientID: zone.client },
        },
      };
  }
}
