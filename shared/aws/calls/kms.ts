import {
  CancelKeyDeletionCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { callable } from './callable';

export const service = callable((settings) => new KMSClient(settings), {
  CancelKeyDeletion: CancelKeyDeletionCommand,
  DescribeKey: DescribeKeyCommand,
  DisableKey: DisableKeyCommand,
  EnableKey: EnableKeyCommand,
  ListResourceTags: ListResourceTagsCommand,
  ScheduleKeyDeletion: ScheduleKeyDeletionCommand,
});
