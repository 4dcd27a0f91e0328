import type { Notifications } from '../../../core/cloud';
import type { DataFilter, EventSourceSpec } from '../../../imports/argo-events';
import { FOLDER } from '../../storage/object-store';
import { posted } from './webhook';

/** How an object store tells of an object. Expressions are Go's templates over the data of the event. */
export interface Notification {
  /** Word of new objects of the bucket, and of nothing else. */
  readonly filters: readonly DataFilter[];
  /** What is the same when it tells of one object twice, and another when the object was written anew. */
  readonly identity: string;
  /** Bucket and key. */
  readonly told: string;
}

/** Kinds of sources in an EventSource that hear of objects. */
type Kind = Exclude<keyof EventSourceSpec, 'replicas' | 'template' | 'calendar' | 'kafka'>;

const text = (path: string, value: string): DataFilter => ({ path, type: 'string', value: [value] });

/** A regular expression that a text must begin with. */
const begins = (start: string): string => `^${start.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;

/** A key as S3 writes it in its records: as in a form of a page, but with slashes. */
const encoded = (key: string): string =>
  encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');

/** A notification of S3 has a list of records, which has one. */
const RECORD = 'Records.0';
const record = (field: string): string => `(index .Input.body.Records 0).s3.${field}`;

/** What S3 and stores that speak like it send. */
const ofS3 = (bucket: string, prefix: string): Notification => ({
  filters: [
    text(`body.${RECORD}.eventName`, 'ObjectCreated:'),
    text(`body.${RECORD}.s3.bucket.name`, `^${bucket}$`),
    ...(prefix ? [text(`body.${RECORD}.s3.object.key`, begins(encoded(prefix)))] : []),
  ],
  identity: `printf "%s/%s@%s" ${record('bucket.name')} ${record('object.key')} ${record('object.eTag')}`,
  told: `printf "%s/%s" ${record('bucket.name')} ${record('object.key')}`,
});

/** What SeaweedFS writes on an object, in Base64, as gjson finds it and as a template does. */
const VERSION = 'Seaweed-X-Amz-Version-Id';
const ETAG = 'Seaweed-X-Amz-ETag';
/** The version of an object in a bucket that keeps no versions: «null». */
const NO_VERSION = 'bnVsbA==';

/**
 * What SeaweedFS posts: changes of entries of its file system, of which some are objects.
 * - An object has a version and an ETag. A folder has neither, a part of an upload has no version, and what stands for a
 *   deletion has no ETag.
 * - Where a bucket keeps versions, each is a file `<key>.versions/v_<32 digits>`, which is created once and updated when
 *   it is no longer the newest.
 * - Where it does not, an object is a file of the name of its key, which is updated when it is written anew.
 */
function ofSeaweed(bucket: string, prefix: string): Notification {
  const { new_entry: entry, extended } = SEAWEED;
  return {
    filters: [
      text('body.key', begins(`${FOLDER}/${bucket}/${prefix}`)),
      {
        // As a list, from which what is not there is left out.
        path: `[body.event_type,body.${extended}.${VERSION},body.${extended}.${ETAG}]`,
        type: 'string',
        value: ['^\\["create","[^"]+","[^"]+"\\]$', `^\\["update","${NO_VERSION}","[^"]+"\\]$`],
      },
    ],
    identity: `printf "%s@%v-%s" .Input.body.key .Input.body.${entry}.attributes.mtime (index .Input.body.${extended} "${ETAG}")`,
    told: `regexReplaceAll "[.]versions/v_[0-9a-f]{32}$" (trimPrefix "${FOLDER}/" .Input.body.key) ""`,
  };
}

/** Paths in what it posts. */
const SEAWEED = { new_entry: 'message.new_entry', extended: 'message.new_entry.extended' } as const;

/** What Cloud Storage puts into attributes of a message, whatever its body is. */
const ofCloudStorage = (bucket: string, prefix: string): Notification => ({
  filters: [
    text('attributes.eventType', '^OBJECT_FINALIZE$'),
    text('attributes.bucketId', `^${bucket}$`),
    ...(prefix ? [text('attributes.objectId', begins(prefix))] : []),
  ],
  identity:
    'printf "%s/%s@%s" .Input.attributes.bucketId .Input.attributes.objectId .Input.attributes.objectGeneration',
  told: 'printf "%s/%s" .Input.attributes.bucketId .Input.attributes.objectId',
});

/** What Event Grid writes of a blob. */
const ofEventGrid = (container: string, prefix: string): Notification => ({
  filters: [
    text('body.eventType', '^Microsoft\\.Storage\\.BlobCreated$'),
    text('body.subject', begins(`/blobServices/default/containers/${container}/blobs/${prefix}`)),
  ],
  identity: 'printf "%s@%s" .Input.body.subject .Input.body.data.eTag',
  told: '.Input.body.subject | trimPrefix "/blobServices/default/containers/" | replace "/blobs/" "/"',
});

/** What a cloud says of new objects of a bucket below a prefix. */
export function notificationOf(from: Notifications, bucket: string, prefix = ''): Notification {
  switch (from.kind) {
    case 'sqs':
      return ofS3(bucket, prefix);
    case 'pub-sub':
      return ofCloudStorage(bucket, prefix);
    case 'storage-queue':
      return ofEventGrid(bucket, prefix);
    case 'post':
      return from.format === 's3' ? ofS3(bucket, prefix) : ofSeaweed(bucket, prefix);
  }
}

/** Where it is heard: a queue of the cloud, or a path that the store posts to. */
export function sourceOf(
  from: Notifications,
  queue: string,
  path: string,
  sender: string,
): { readonly kind: Kind; readonly spec: object } {
  switch (from.kind) {
    case 'sqs': {
      const { region } = from;
      const spec = { region, queue, waitTimeSeconds: 20, jsonBody: true, dlq: true };
      return { kind: 'sqs', spec } satisfies One<'sqs'>;
    }
    case 'pub-sub': {
      const { project: projectID } = from;
      const spec = { projectID, subscriptionID: queue, jsonBody: false };
      return { kind: 'pubSub', spec } satisfies One<'pubSub'>;
    }
    case 'storage-queue': {
      const { account: storageAccountName } = from;
      // Event Grid writes Base64.
      const spec = {
        storageAccountName,
        queueName: queue,
        jsonBody: true,
        decodeMessage: true,
        waitTimeInSeconds: 5,
      };
      return { kind: 'azureQueueStorage', spec } satisfies One<'azureQueueStorage'>;
    }
    case 'post':
      return { kind: 'webhook', spec: posted(path, sender) } satisfies One<'webhook'>;
  }
}

/** A source of one kind with the fields of that kind. */
interface One<Name extends Kind> {
  readonly kind: Name;
  readonly spec: NonNullable<EventSourceSpec[Name]>[string];
}
