import type { RegistryToken } from '../core/cloud';

/** A registry of AWS: that of an account in a region. */
export function ecr(host: string): RegistryToken | undefined {
  const region = /^\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu)$/.exec(
    host,
  )?.[1];
  return region === undefined ? undefined : { kind: 'ecr', region };
}

/** A registry of Azure. */
export const acr = (host: string, tenant: string): RegistryToken | undefined =>
  host.endsWith('.azurecr.io') ? { kind: 'acr', tenant } : undefined;

/** A registry of Google Cloud, in a region or several. */
export const artifactRegistry = (host: string, project: string): RegistryToken | undefined =>
  host.endsWith('-docker.pkg.dev') ? { kind: 'artifact-registry', project } : undefined;
