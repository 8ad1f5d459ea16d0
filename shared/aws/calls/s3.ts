import {
  DeleteBucketEncryptionCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { callable } from './callable';

export const service = callable((settings) => new S3Client(settings), {
  DeleteBucketEncryption: DeleteBucketEncryptionCommand,
  DeleteBucketPolicy: DeleteBucketPolicyCommand,
  DeletePublicAccessBlock: DeletePublicAccessBlockCommand,
  GetBucketAcl: GetBucketAclCommand,
  GetBucketEncryption: GetBucketEncryptionCommand,
  GetBucketPolicy: GetBucketPolicyCommand,
  GetBucketPolicyStatus: GetBucketPolicyStatusCommand,
  GetBucketTagging: GetBucketTaggingCommand,
  GetPublicAccessBlock: GetPublicAccessBlockCommand,
  PutBucketEncryption: PutBucketEncryptionCommand,
  PutBucketPolicy: PutBucketPolicyCommand,
  PutPublicAccessBlock: PutPublicAccessBlockCommand,
});
