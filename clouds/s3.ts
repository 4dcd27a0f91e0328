import type { ObjectStore } from '../core/object-store';
import { type S3Features, s3Buckets } from './s3-buckets';

/** Why S3 refuses a bucket name; names with dots are refused too, since they break TLS with virtual hosts. */
export function s3BucketProblem(name: string): string | undefined {
  if (name.length < 3 || name.length > 63) return `it has ${name.length} characters, and must have 3 to 63`;
  if (!/^[a-z0-9][a-z0-9-]*[a-z0-9]$/.test(name)) {
    return 'it must be lower-case letters, digits and dashes, with a letter or digit at both ends';
  }
  const prefix = ['xn--', 'sthree-', 'amzn-s3-demo-'].find((each) => name.startsWith(each));
  if (prefix) return `names that start with ${prefix} are reserved`;
  const suffix = ['-s3alias', '--ol-s3', '--x-s3', '--table-s3'].find((each) => name.endsWith(each));
  if (suffix) return `names that end with ${suffix} are reserved`;
  if (name.endsWith('-an') && !/-\d{12}-[a-z0-9-]+-an$/.test(name)) {
    return 'names that end with -an are reserved for buckets of one account, <name>-<account>-<region>-an';
  }
  return undefined;
}

export interface S3Options {
  /** Host, with a port where it is not the one of the scheme. */
  readonly endpoint: string;
  readonly region: string;
  readonly tls: boolean;
  readonly pathStyle: boolean;
  readonly features: S3Features;
  /** Why it refuses a key of the site's own for encryption. Default: it takes none. */
  readonly keyProblem?: ObjectStore['keyProblem'];
  readonly inCluster?: ObjectStore['inCluster'];
}

/** A store that speaks S3, with the settings of Hadoop's S3A connector (3.4). */
export const s3 = ({
  endpoint,
  region,
  tls,
  pathStyle,
  features,
  keyProblem,
  inCluster,
}: S3Options): ObjectStore => ({
  client: { protocol: 's3', endpoint, region, tls, pathStyle },
  uri: (bucket, path = '') => `s3a://${bucket}/${path}`,
  hadoop: {
    'fs.s3a.endpoint': `${tls ? 'https' : 'http'}://${endpoint}`,
    'fs.s3a.endpoint.region': region,
    'fs.s3a.path.style.access': String(pathStyle),
    'fs.s3a.connection.ssl.enabled': String(tls),
  },
  bucketProblem: s3BucketProblem,
  tiers: {
    ...(features.classes.cool ? { cool: { readable: true } } : {}),
    ...(features.classes.cold ? { cold: { readable: true } } : {}),
    ...(features.classes.archive ? { archive: { readable: false } } : {}),
  },
  versions: 'overwritten',
  keyProblem: keyProblem ?? (() => 'it encrypts with its own; leave it out'),
  describe: (plans) => s3Buckets(plans, features),
  inCluster,
});
