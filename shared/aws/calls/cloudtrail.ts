import {
  CloudTrailClient,
  GetTrailCommand,
  GetTrailStatusCommand,
  ListTagsCommand,
  StartLoggingCommand,
  UpdateTrailCommand,
} from '@aws-sdk/client-cloudtrail';
import { callable } from './callable';

export const service = callable((settings) => new CloudTrailClient(settings), {
  GetTrail: GetTrailCommand,
  GetTrailStatus: GetTrailStatusCommand,
  ListTags: ListTagsCommand,
  StartLogging: StartLoggingCommand,
  UpdateTrail: UpdateTrailCommand,
});
