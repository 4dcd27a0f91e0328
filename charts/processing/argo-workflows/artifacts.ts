import type { IArtifactRepository } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/ArtifactRepository';
import type { ComponentChart } from '../../../core/chart';
import type { Identity } from '../../../core/cloud';
import type { Site } from '../../../core/site';
import { KEPT_DAYS } from './workload';

/** The published types are those of 4.0; 4.1 added how a bucket is addressed. */
interface Repository extends IArtifactRepository {
  readonly s3?: NonNullable<IArtifactRepository['s3']> & {
    readonly addressingStyle: 'path' | 'virtual-hosted';
  };
}

/** Where in the bucket a pod writes: the namespace first, so that a team can be given its own part of it. */
const KEY = [
  '{{workflow.namespace}}',
  '{{workflow.creationTimestamp.Y}}/{{workflow.creationTimestamp.m}}/{{workflow.creationTimestamp.d}}',
  '{{workflow.name}}',
  '{{pod.name}}',
].join('/');

/** Days for which artifacts and logs of a workflow stay at least. */
const LEAST_DAYS = 30;

/**
 * Has artifacts and logs of the workflows of namespaces go when nobody can look at their workflow any more.
 * @param archiveDays days for which finished workflows are kept in a database; undefined where there is none
 */
export function ageArtifacts(
  chart: ComponentChart,
  namespaces: readonly string[],
  archiveDays: number | undefined,
): void {
  const paths = namespaces.map((namespace) => `${namespace}/`);
  chart.age('artifacts', { paths, expireDays: Math.max(LEAST_DAYS, archiveDays ?? 0) });
  for (const path of paths) {
    chart.keep({
      bucket: 'artifacts',
      path,
      ...(archiveDays
        ? { days: archiveDays, setting: 'components.argo-workflows.archive.days' }
        : { days: KEPT_DAYS }),
      what: 'artifacts and logs of workflows that can be looked at',
    });
  }
}

/** The bucket for artifacts and logs in the words of the controller; pods prove who they are as the cloud has it. */
export function artifactRepository(site: Site, { secret }: Pick<Identity, 'secret'>): Repository {
  const { client } = site.cloud.objectStore;
  const bucket = site.bucket('artifacts');
  const archiveLogs = true;
  switch (client.protocol) {
    case 's3':
      return {
        archiveLogs,
        s3: {
          endpoint: client.endpoint,
          region: client.region,
          bucket,
          insecure: !client.tls,
          addressingStyle: client.pathStyle ? 'path' : 'virtual-hosted',
          keyFormat: KEY,
          ...(secret
            ? {
                accessKeySecret: { name: secret.name, key: secret.accessKey },
                secretKeySecret: { name: secret.name, key: secret.secretKey },
              }
            : { useSDKCreds: true }),
        },
      };
    case 'azure':
      return {
        archiveLogs,
        azure: {
          endpoint: client.endpoint,
          container: bucket,
          blobNameFormat: KEY,
          useSDKCreds: true,
        },
      };
    case 'gcs':
      return { archiveLogs, gcs: { bucket, keyFormat: KEY } };
  }
}
