import { isBucketName, isRegionName } from '../../shared/aws/s3-address';
import { parseTrailKey, type TrailKey } from '../../shared/contracts/aws/trail-object-key';
import type {
  Activity,
  Call,
  EventProof,
  Finding,
  SealedFile,
} from '../../shared/contracts/trailseal/finding';
import { command } from './shell-word';

/** Commands that ask AWS for what a finding says: those whose ids are fit to stand in one. */
type Commands = readonly string[];

const EVENT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** CloudTrail's ids of events are UUIDs; whatever else is none of its. */
export const isEventId = (text: string): boolean => EVENT_ID.test(text);

/** How to see the configuration that was judged, and the one before it, in AWS Config. */
export function configurationLookUp(
  { resourceType, resourceId, region }: Finding,
  observedAt: string,
): Commands {
  if (Number.isNaN(Date.parse(observedAt))) return [];
  // The API takes whole seconds: a little later, or the item itself would be left out.
  const later = new Date(Date.parse(observedAt) + 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const place = region === 'global' ? '' : ` --region ${isRegionName(region) ? region : ''}`;
  const ask = command`aws configservice get-resource-config-history --resource-type=${resourceType} --resource-id=${resourceId} --later-time ${later} --limit 2`;
  if (ask === undefined || place.endsWith(' ')) return [];
  return [
    `${ask}${place} |`,
    "  jq '.configurationItems[] | {configurationItemCaptureTime, configuration: (.configuration | fromjson? // null)}'",
  ];
}

/** How to see a call in CloudTrail's own event history, which reaches back 90 days. */
export function eventLookUp({ eventID, awsRegion }: Activity): Commands {
  if (!isEventId(eventID) || !isRegionName(awsRegion)) return [];
  return [
    `aws cloudtrail lookup-events --region ${awsRegion} --lookup-attributes AttributeKey=EventId,AttributeValue=${eventID} \\`,
    "  --query 'Events[0].CloudTrailEvent' --output text | jq '{eventName, eventTime, userIdentity, sourceIPAddress, userAgent}'",
  ];
}

/** Every call that CloudTrail has on a resource: Trailseal's own would be among them. */
export function callsLookUp({ resourceId, region }: Finding): Commands {
  const ask = command`aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue=${resourceId}`;
  // The value of an attribute is a part of a word that the AWS CLI itself takes apart.
  if (ask === undefined || !/^[\w./:@-]+$/.test(resourceId)) return [];
  const place =
    region === 'global' ? ' --region us-east-1' : isRegionName(region) ? ` --region ${region}` : '';
  return [`${ask}${place} | jq -c '.Events[] | [.EventTime, .EventName, .Username]'`];
}

/**
 * Every call that the role of our remediations made for a finding: CloudTrail files what a session does under the
 * session's name, and ours are named after the finding.
 */
export function sessionLookUp({ id, region }: Finding): Commands {
  const place = region === 'global' ? 'us-east-1' : isRegionName(region) ? region : undefined;
  if (place === undefined || !/^[A-Z2-7]{26}$/.test(id)) return [];
  return [
    `aws cloudtrail lookup-events --region ${place} --lookup-attributes AttributeKey=Username,AttributeValue=trailseal.${id} \\`,
    "  --query 'Events[].CloudTrailEvent' --output json | jq -c '.[] | fromjson | [.eventTime, .eventName, .requestID, .errorCode]'",
  ];
}

/** The files that a proof rests on, when their names are such as CloudTrail gives them. */
export interface ProofFiles {
  readonly log: SealedFile;
  readonly digest: SealedFile;
  readonly index: number;
  /** Whose keys sign the digest. */
  readonly region: string;
  /** The end of the digest's hour, ISO 8601. */
  readonly end: string;
}

export function proofFiles({ log, digest, index }: EventProof): ProofFiles | undefined {
  if (log === undefined || digest === undefined || index === undefined) return undefined;
  const [logName, digestName] = [visibleKey(log.key), visibleKey(digest.key)];
  const areBuckets = isBucketName(log.bucket) && isBucketName(digest.bucket);
  return areBuckets && logName?.kind === 'log' && digestName?.kind === 'digest'
    ? { log, digest, index, region: digestName.region, end: digestName.end }
    : undefined;
}

/** A key that CloudTrail writes, all of which shows. */
const visibleKey = (key: string): TrailKey | undefined =>
  /^[\x20-\x7e]+$/.test(key) ? parseTrailKey(key) : undefined;

/** How to fetch what `checks.ts` works on, and its variables. Empty when a name is not fit to stand in a command. */
export function proofLookUp({ eventID, proof }: Call): Commands {
  const files = proofFiles(proof);
  if (files === undefined || !isEventId(eventID)) return [];
  const { log, digest, index, region, end } = files;
  const fetches = [
    command`aws s3 cp ${`s3://${log.bucket}/${log.key}`} log.json.gz`,
    command`aws s3 cp ${`s3://${digest.bucket}/${digest.key}`} digest.json.gz`,
    command`aws s3api head-object --bucket=${digest.bucket} --key=${digest.key} --query Metadata > digest.json.gz.metadata.json`,
    command`file=${`${log.bucket}/${log.key}`} index=${String(index)}`,
  ];
  if (fetches.some((one) => one === undefined)) return [];
  return [
    ...fetches.filter((one) => one !== undefined),
    'log=log.json.gz digest=digest.json.gz keys=public-keys.json event=event.json',
    `${keysLookUp(region, end)} > public-keys.json`,
    `aws cloudtrail lookup-events --region ${region} --lookup-attributes AttributeKey=EventId,AttributeValue=${eventID} \\`,
    "  --query 'Events[0].CloudTrailEvent' --output text > event.json",
  ];
}

/**
 * How to ask AWS for the keys of a Region at a time.
 * @param region time: as `parseTrailKey` has them
 */
export const keysLookUp = (region: string, time: string): string =>
  `aws cloudtrail list-public-keys --region ${region} --start-time ${time} --end-time ${time}`;
