import type { CloudTrailRecord } from '../../contracts/aws/cloudtrail-record';
import type { Activity } from '../../contracts/trailseal/finding';
import { type ActorContext, actorOf } from './actor';

/** What a finding keeps of the API call that it is about: which one it was, and who made it. Texts are as reported. */
export function activityOf(record: CloudTrailRecord, context: ActorContext = {}): Activity {
  const { eventID, eventName, eventSource, eventTime, awsRegion, errorCode } = record;
  const actor = actorOf(record, context);
  return {
    eventID,
    eventName,
    eventSource,
    eventTime,
    awsRegion,
    ...(errorCode === undefined ? {} : { errorCode }),
    actor: {
      type: actor.type,
      principal: actor.principal,
      ...(actor.account === undefined ? {} : { account: actor.account }),
      ...(actor.issuer === undefined ? {} : { issuer: actor.issuer }),
      ...(actor.session === undefined ? {} : { session: actor.session }),
      ...(actor.onBehalfOf === undefined ? {} : { onBehalfOf: actor.onBehalfOf }),
      ...(actor.mfa === undefined ? {} : { mfa: actor.mfa }),
      ...(actor.sourceIp === undefined ? {} : { sourceIp: actor.sourceIp }),
      ...(actor.userAgent === undefined ? {} : { userAgent: actor.userAgent }),
      ...(actor.accessKeyId === undefined ? {} : { accessKeyId: actor.accessKeyId }),
      ...(actor.invokedBy === undefined ? {} : { invokedBy: actor.invokedBy }),
      ...(actor.iac === undefined ? {} : { iac: actor.iac.tool }),
      console: actor.console,
    },
  };
}
