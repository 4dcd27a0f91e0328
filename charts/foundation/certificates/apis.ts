import type { Apis, CustomKind } from '../../../core/component';
import type { Manifest } from '../../../core/manifest';
import type { Made, Reference } from '../../../core/references';
import type { ClusterIssuerSpec } from '../../../imports/cert-manager';
import {
  type CertificateSpec,
  CertificateSpecAdditionalOutputFormatsType as Format,
} from '../../../imports/certificate-cert-manager.io';
import { ISSUERS } from './issuers';

const GROUP = 'cert-manager.io';
const namespaced: CustomKind = { scope: 'Namespaced' };

// The kind tells the shape: the API server refuses such an object of any other.
const specOf = ({ spec }: Manifest) => spec as unknown as CertificateSpec;

/** The Secret. A public authority is known to everyone, so its own certificate is not among the keys. */
function made(manifest: Manifest): readonly Made[] {
  const { secretName: name, issuerRef, keystores, additionalOutputFormats = [] } = specOf(manifest);
  const keys = [
    'tls.crt',
    'tls.key',
    ...(issuerRef.name === ISSUERS.public ? [] : ['ca.crt']),
    ...(keystores?.pkcs12 ? ['keystore.p12', 'truststore.p12'] : []),
    ...(keystores?.jks ? ['keystore.jks', 'truststore.jks'] : []),
    ...additionalOutputFormats.flatMap(({ type }) =>
      type === Format.COMBINED_PEM ? ['tls-combined.pem'] : [],
    ),
  ];
  return [{ group: '', kind: 'Secret', namespace: manifest.metadata.namespace, name, keys }];
}

/** Who signs, and the passwords of key stores. */
function named(manifest: Manifest): readonly Reference[] {
  const { issuerRef, keystores } = specOf(manifest);
  const { namespace } = manifest.metadata;
  const cluster = issuerRef.kind === 'ClusterIssuer';
  const passwords = [keystores?.pkcs12, keystores?.jks].flatMap((store) => store?.passwordSecretRef ?? []);
  return [
    {
      group: GROUP,
      kind: issuerRef.kind ?? 'Issuer',
      namespace: cluster ? undefined : namespace,
      name: issuerRef.name,
      path: 'spec.issuerRef',
    },
    ...passwords.map(({ name, key }) => ({
      group: '',
      kind: 'Secret',
      namespace,
      name,
      path: 'spec.keystores',
      ...(key ? { key } : {}),
    })),
  ];
}

/** The kinds that the CRDs bring. */
export const apis = (home: string): readonly Apis[] => [
  {
    group: GROUP,
    kinds: {
      Certificate: { scope: 'Namespaced', makes: made, references: named },
      CertificateRequest: namespaced,
      Issuer: namespaced,
      ClusterIssuer: {
        scope: 'Cluster',
        references({ spec }) {
          // The kind tells the shape.
          const { ca } = spec as unknown as ClusterIssuerSpec;
          if (!ca) return [];
          const path = 'spec.ca.secretName';
          return [{ group: '', kind: 'Secret', namespace: home, name: ca.secretName, path, key: 'tls.key' }];
        },
      },
    },
  },
  { group: 'acme.cert-manager.io', kinds: { Challenge: namespaced, Order: namespaced } },
];
