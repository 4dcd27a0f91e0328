import type { IArtifactRepository } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/ArtifactRepository';
import type { Identity } from '../../../core/cloud';
import type { Site } from '../../../core/site';

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
