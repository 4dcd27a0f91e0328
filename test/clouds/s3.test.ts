import { s3BucketProblem } from '../../clouds/s3';

test.each(['lake-raw', 'a1b', 'x'.repeat(63), 'lake-111122223333-eu-central-1-an'])('S3 takes %s', (name) => {
  expect(s3BucketProblem(name)).toBeUndefined();
});

test.each([
  ['ab', 'has 2 characters'],
  ['x'.repeat(64), 'has 64 characters'],
  ['Lake', 'lower-case'],
  ['lake_raw', 'lower-case'],
  ['lake.raw', 'lower-case'],
  ['-lake', 'at both ends'],
  ['lake-', 'at both ends'],
  ['xn--lake', 'start with xn--'],
  ['sthree-lake', 'start with sthree-'],
  ['amzn-s3-demo-lake', 'start with amzn-s3-demo-'],
  ['lake-s3alias', 'end with -s3alias'],
  ['lake--ol-s3', 'end with --ol-s3'],
  ['lake--x-s3', 'end with --x-s3'],
  ['lake--table-s3', 'end with --table-s3'],
  ['lake-an', 'end with -an'],
  ['lake-1111-eu-central-1-an', 'end with -an'],
])('S3 refuses %s', (name, why) => {
  expect(s3BucketProblem(name)).toContain(why);
});
