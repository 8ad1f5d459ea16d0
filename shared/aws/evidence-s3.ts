// Loaded when something is to be kept, and packaged beside a function's own code: its cold start does without.
export { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
