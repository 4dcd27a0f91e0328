import { createHash } from 'node:crypto';
import type { Notifications } from '../../../core/cloud';

/** What an object store says of a new object, and what a sensor makes of it. */
export interface Said {
  readonly body: string;
  /** What tells the object from others. */
  readonly identity: string;
  /** What a workflow is told. */
  readonly told: string;
}

/**
 * Word of an object, as its cloud writes it into the body of a message; undefined where it is not in the body, so that it
 * cannot be posted.
 */
export function wordOf(from: Notifications, bucket: string, key: string, version: string): Said | undefined {
  const told = `${bucket}/${key}`;
  switch (from.kind) {
    case 'sqs':
      return s3(bucket, key, version);
    case 'pub-sub':
      return undefined;
    case 'storage-queue': {
      const subject = `/blobServices/default/containers/${bucket}/blobs/${key}`;
      const event = { eventType: 'Microsoft.Storage.BlobCreated', subject, data: { eTag: version } };
      return { body: JSON.stringify(event), identity: `${subject}@${version}`, told };
    }
    case 'post': {
      if (from.format === 's3') return s3(bucket, key, version);
      const id = createHash('md5').update(version).digest('hex');
      const at = `/buckets/${told}.versions/v_${id}`;
      const mtime = version.length;
      const extended = { 'Seaweed-X-Amz-Version-Id': base64(id), 'Seaweed-X-Amz-ETag': base64(version) };
      const entry = { name: `v_${id}`, attributes: { file_size: 12, mtime }, extended };
      const event = { event_type: 'create', key: at, message: { new_entry: entry } };
      return { body: JSON.stringify(event), identity: `${at}@${mtime}-${base64(version)}`, told };
    }
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const s3 = (bucket: string, key: string, eTag: string): Said => ({
  body: JSON.stringify({
    Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: bucket }, object: { key, eTag } } }],
  }),
  identity: `${bucket}/${key}@${eTag}`,
  told: `${bucket}/${key}`,
});
