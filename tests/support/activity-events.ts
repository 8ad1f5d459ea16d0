import { ACCOUNT, REGION } from './local-aws';

let made = 0;

const uuid = (): string => {
  made += 1;
  return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`;
};

export interface Call {
  readonly eventSource: string;
  readonly eventName: string;
  readonly eventTime?: string;
  readonly eventID?: string;
  readonly [field: string]: unknown;
}

const alice = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:alice',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/engineer/alice`,
  accountId: ACCOUNT,
  accessKeyId: 'ASIAEXAMPLE',
  sessionContext: {
    sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/engineer`, userName: 'engineer' },
    attributes: { creationDate: '2026-01-31T08:00:00Z', mfaAuthenticated: 'true' },
  },
};

/** A CloudTrail record as it is in a log file. */
export const record = (call: Call) => ({
  eventVersion: '1.11',
  userIdentity: alice,
  eventTime: '2026-01-31T09:00:00Z',
  awsRegion: REGION,
  sourceIPAddress: '198.51.100.7',
  userAgent: 'aws-cli/2.15.59',
  requestParameters: null,
  responseElements: null,
  requestID: uuid(),
  eventID: uuid(),
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: ACCOUNT,
  eventCategory: 'Management',
  ...call,
});

/** The same as EventBridge sends it. */
export function activityEvent(call: Call, detailType = 'AWS API Call via CloudTrail') {
  const detail = record(call);
  return {
    version: '0',
    id: uuid(),
    'detail-type': detailType,
    source: `aws.${detail.eventSource.replace('.amazonaws.com', '')}`,
    account: ACCOUNT,
    time: detail.eventTime,
    region: REGION,
    resources: [],
    detail,
  };
}
