import type { ConfigurationItem, JsonObject } from './configuration-item';

/**
 * What AWS Config does not record, as an item that a rule can judge: whoever reads it from AWS puts it under this key of
 * the supplementary configuration, where AWS Config has nothing. The same functions make it of what evaluate-account
 * reads and of what a remediation reads again, so that both are judged alike.
 */
export const SNAPSHOT = 'Snapshot';

/** Where it stands in an item. */
export const SNAPSHOT_PATH = `supplementaryConfiguration.${SNAPSHOT}`;

/** Whether an item was read from AWS itself; those of AWS Config never are. */
export const isSnapshot = ({ supplementaryConfiguration }: ConfigurationItem): boolean =>
  supplementaryConfiguration !== null && Object.hasOwn(supplementaryConfiguration, SNAPSHOT);

/** As clients and plain answers have it. */
type Time = Date | string | null | undefined;
type Maybe<T> = T | null | undefined;

const isoTime = (time: Time): string | null => (time ? new Date(time).toISOString() : null);
/** AWS leaves empty what is in order. */
const text = (value: Maybe<string>): string | null => value || null;

/** What GetTrailStatus answers. */
export interface TrailStatusAnswer {
  readonly IsLogging?: Maybe<boolean>;
  readonly LatestDeliveryError?: Maybe<string>;
  readonly LatestNotificationError?: Maybe<string>;
  readonly LatestCloudWatchLogsDeliveryError?: Maybe<string>;
  readonly LatestDigestDeliveryError?: Maybe<string>;
  readonly LatestDeliveryTime?: Time;
  readonly StartLoggingTime?: Time;
}

export const trailSnapshot = (trailARN: string, status: TrailStatusAnswer): JsonObject => ({
  trailARN,
  isLogging: status.IsLogging ?? false,
  latestDeliveryError: text(status.LatestDeliveryError),
  latestNotificationError: text(status.LatestNotificationError),
  latestCloudWatchLogsDeliveryError: text(status.LatestCloudWatchLogsDeliveryError),
  latestDigestDeliveryError: text(status.LatestDigestDeliveryError),
  latestDeliveryTime: isoTime(status.LatestDeliveryTime),
  startLoggingTime: isoTime(status.StartLoggingTime),
});

/** One of DescribeFlowLogs. */
export interface FlowLogAnswer {
  readonly FlowLogId?: Maybe<string>;
  readonly FlowLogStatus?: Maybe<string>;
  readonly ResourceId?: Maybe<string>;
  readonly TrafficType?: Maybe<string>;
}

/** @param flowLogs of any resources: those of subnets and network interfaces don't count for their VPC */
export const vpcSnapshot = (
  { VpcId, OwnerId }: { readonly VpcId: string; readonly OwnerId?: Maybe<string> },
  flowLogs: readonly FlowLogAnswer[],
): JsonObject => ({
  ownerId: text(OwnerId),
  flowLogs: flowLogs
    .filter(({ ResourceId }) => ResourceId === VpcId)
    .map(({ FlowLogId, FlowLogStatus, TrafficType }) => ({
      flowLogId: text(FlowLogId),
      flowLogStatus: text(FlowLogStatus),
      trafficType: text(TrafficType),
    })),
});

/** One of DescribeConfigurationRecorders. */
export interface RecorderAnswer {
  readonly name?: Maybe<string>;
  readonly roleARN?: Maybe<string>;
  readonly recordingGroup?: Maybe<{
    readonly allSupported?: Maybe<boolean>;
    readonly includeGlobalResourceTypes?: Maybe<boolean>;
    readonly exclusionByResourceTypes?: Maybe<{ readonly resourceTypes?: Maybe<readonly string[]> }>;
    readonly recordingStrategy?: Maybe<{ readonly useOnly?: Maybe<string> }>;
  }>;
}

/** One of DescribeConfigurationRecorderStatus. */
export interface RecorderStatusAnswer {
  readonly name?: Maybe<string>;
  readonly recording?: Maybe<boolean>;
  readonly lastStatus?: Maybe<string>;
}

export const recordersSnapshot = (
  recorders: readonly RecorderAnswer[],
  statuses: readonly RecorderStatusAnswer[],
): JsonObject => ({
  recorders: recorders.map(({ name, roleARN, recordingGroup }) => {
    const status = statuses.find((one) => one.name === name);
    return {
      name: text(name),
      roleARN: text(roleARN),
      allSupported: recordingGroup?.allSupported ?? false,
      includeGlobalResourceTypes: recordingGroup?.includeGlobalResourceTypes ?? false,
      useOnly: text(recordingGroup?.recordingStrategy?.useOnly),
      excluded: [...(recordingGroup?.exclusionByResourceTypes?.resourceTypes ?? [])],
      recording: status?.recording ?? false,
      lastStatus: text(status?.lastStatus),
    };
  }),
});

/** One of ListAccessKeys. */
export interface AccessKeyAnswer {
  readonly AccessKeyId?: Maybe<string>;
  readonly Status?: Maybe<string>;
  readonly CreateDate?: Time;
}

export const accessKeysSnapshot = (keys: readonly AccessKeyAnswer[]): JsonObject => ({
  accessKeys: keys.map(({ AccessKeyId, Status, CreateDate }) => ({
    accessKeyId: text(AccessKeyId),
    status: text(Status),
    createDate: isoTime(CreateDate),
  })),
});

/** A trail as it is listed in a Region: at home there, or the shadow of one that covers all Regions. */
export interface ListedTrail {
  readonly arn: string;
  readonly name: string;
  readonly homeRegion: string;
}

/** A user as listed. AWS Config knows users by their ids, calls by their names. */
export interface ListedUser {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
}

/** A VPC as listed: its own, or one that another account shares. */
export interface ListedVpc {
  readonly VpcId: string;
  readonly OwnerId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Whether what AWS answers is that there is no such thing: it went since it was listed. */
export const isGoneSince = (error: unknown): boolean =>
  error instanceof Error && ['NoSuchEntityException', 'TrailNotFoundException'].includes(error.name);
