import type { ComponentChart } from '../../../core/chart';
import {
  CertificateSpecPrivateKeyAlgorithm as Algorithm,
  Certificate,
  CertificateSpecPrivateKeyEncoding as Encoding,
  CertificateSpecAdditionalOutputFormatsType as Format,
  CertificateSpecKeystoresPkcs12Profile as Profile,
  CertificateSpecPrivateKeyRotationPolicy as Rotation,
  CertificateSpecUsages as Usage,
} from '../../../imports/certificate-cert-manager.io';
import { ISSUERS } from './issuers';

export interface CertificateProps {
  /** Name of the Certificate and of its Secret, which has the keys tls.crt, tls.key and, inside the cluster, ca.crt. */
  readonly secret: string;
  /** Default: the component's home. */
  readonly namespace?: string;
  /** The Service that answers with it, in the same namespace: all of its names in the cluster. */
  readonly service?: string;
  /** Whether it is also of the pods behind a Service without an address, each of which has a name below the Service's. */
  readonly eachPod?: boolean;
  /** Further DNS names; public ones of the site's domain want `issuer: 'public'`. */
  readonly hosts?: readonly string[];
  /** Who signs. Default: `internal`. */
  readonly issuer?: keyof typeof ISSUERS;
  /** Whether who has it also proves by it who he is, as a client of others. Default: false. */
  readonly client?: boolean;
  /** Name as which a client is known. Default: none. */
  readonly commonName?: string;
  /**
   * Adds keystore.p12 and truststore.p12, which Java reads as they are. The password is the one of a Secret's key.
   */
  readonly pkcs12?: { readonly secret: string; readonly key: string };
  /** Adds tls-combined.pem, the key and the certificate in one file. Default: false. */
  readonly combined?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A certificate with its key in a Secret. It lives 90 days and is renewed after 60, with a new key: who uses it must
 * read the files again. Keys are of the curve P-256, in PKCS #8.
 */
export function certificate(chart: ComponentChart, props: CertificateProps): void {
  const { secret, namespace = chart.home, service, issuer = 'internal', client, pkcs12, labels } = props;
  chart.recorded.needs.add('certificates');
  const dnsNames = [
    ...(service ? serviceNames(service, namespace) : []),
    ...(service && props.eachPod ? serviceNames(service, namespace).map((name) => `*.${name}`) : []),
    ...(props.hosts ?? []),
  ];
  new Certificate(chart, `certificate-${namespace}-${secret}`, {
    metadata: { name: secret, namespace },
    spec: {
      secretName: secret,
      ...(labels ? { secretTemplate: { labels: { ...labels } } } : {}),
      ...(props.commonName ? { commonName: props.commonName } : {}),
      ...(dnsNames.length > 0 ? { dnsNames } : {}),
      duration: '2160h',
      renewBefore: '720h',
      privateKey: {
        algorithm: Algorithm.ECDSA,
        size: 256,
        encoding: Encoding.PKCS8,
        rotationPolicy: Rotation.ALWAYS,
      },
      usages: [
        Usage.DIGITAL_SIGNATURE,
        ...(dnsNames.length > 0 ? [Usage.SERVER_AUTH] : []),
        ...(client ? [Usage.CLIENT_AUTH] : []),
      ],
      ...(props.combined ? { additionalOutputFormats: [{ type: Format.COMBINED_PEM }] } : {}),
      ...(pkcs12
        ? {
            keystores: {
              pkcs12: {
                create: true,
                // Readable by every Java from 17 on.
                profile: Profile.MODERN2023,
                passwordSecretRef: { name: pkcs12.secret, key: pkcs12.key },
              },
            },
          }
        : {}),
      issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: ISSUERS[issuer] },
    },
  });
}

/** Every name by which pods of the cluster may ask for a Service. */
const serviceNames = (service: string, namespace: string): string[] => [
  service,
  `${service}.${namespace}`,
  `${service}.${namespace}.svc`,
  `${service}.${namespace}.svc.cluster.local`,
];

/**
 * Annotations of webhook configurations, APIServices and CRDs that have the authority of a certificate written into
 * them, so that the API server believes it.
 */
export const injectAuthority = (namespace: string, secret: string): Record<string, string> => ({
  'cert-manager.io/inject-ca-from': `${namespace}/${secret}`,
});
