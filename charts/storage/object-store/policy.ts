import type { Granted } from '../../../core/grants';
import type { Access } from '../../../core/object-store';
import type { Site } from '../../../core/site';
import type { JsonValue } from '../../../core/yaml';

const ACTIONS: Readonly<Record<Access, { readonly bucket: string[]; readonly objects: string[] }>> = {
  read: { bucket: ['s3:ListBucket', 's3:GetBucketLocation'], objects: ['s3:GetObject'] },
  write: {
    bucket: ['s3:ListBucket', 's3:GetBucketLocation', 's3:ListBucketMultipartUploads'],
    objects: ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
  },
  'read-write': {
    bucket: ['s3:ListBucket', 's3:GetBucketLocation', 's3:ListBucketMultipartUploads'],
    objects: [
      's3:GetObject',
      's3:PutObject',
      's3:DeleteObject',
      's3:AbortMultipartUpload',
      's3:ListMultipartUploadParts',
    ],
  },
};

/**
 * What the pods of a namespace may do, as a policy of S3: what all of its accounts may, since they share its keys. Older
 * versions of objects, lifecycles and policies are for nobody: what somebody deletes by mistake or in anger comes back.
 */
export const policyOf = (site: Site, grants: readonly Granted[]): JsonValue => ({
  Version: '2012-10-17',
  Statement: grants.flatMap(({ bucket, access }) => {
    const resource = `arn:aws:s3:::${site.bucket(bucket)}`;
    const { bucket: onBucket, objects } = ACTIONS[access];
    return [
      { Effect: 'Allow', Action: onBucket, Resource: [resource] },
      { Effect: 'Allow', Action: objects, Resource: [`${resource}/*`] },
    ];
  }),
});
