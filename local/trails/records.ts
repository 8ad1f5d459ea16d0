/** Numbers from 0 up to 1 that look random, the same for the same seed (mulberry32). */
export function seededRandom(seed: string): () => number {
  let state = 0x811c9dc5;
  for (const byte of Buffer.from(seed)) state = Math.imul(state ^ byte, 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = <T>(random: () => number, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T;

const hex = (random: () => number, length: number) =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');

/** 16 characters, as CloudTrail ends the names of log files. */
export const uniqueString = (random: () => number): string =>
  Array.from({ length: 16 }, () =>
    pick(random, [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789']),
  ).join('');

const calls = [
  { eventSource: 's3.amazonaws.com', eventName: 'GetObject', readOnly: true },
  { eventSource: 's3.amazonaws.com', eventName: 'PutBucketPolicy', readOnly: false },
  { eventSource: 'ec2.amazonaws.com', eventName: 'DescribeInstances', readOnly: true },
  { eventSource: 'ec2.amazonaws.com', eventName: 'AuthorizeSecurityGroupIngress', readOnly: false },
  { eventSource: 'sts.amazonaws.com', eventName: 'AssumeRole', readOnly: true },
  { eventSource: 'kms.amazonaws.com', eventName: 'Decrypt', readOnly: true },
] as const;

/** A record with the members that CloudTrail's have, its content made up. */
export function cloudTrailRecord(
  random: () => number,
  of: { readonly account: string; readonly region: string; readonly eventTime: string },
) {
  const { eventSource, eventName, readOnly } = pick(random, calls);
  const user = pick(random, ['alice', 'bruno', 'carla', 'deploy']);
  const id = hex(random, 32);
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROAEXAMPLE${hex(random, 8).toUpperCase()}:${user}`,
      arn: `arn:aws:sts::${of.account}:assumed-role/engineer/${user}`,
      accountId: of.account,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          arn: `arn:aws:iam::${of.account}:role/engineer`,
          userName: 'engineer',
        },
        attributes: { creationDate: of.eventTime, mfaAuthenticated: String(random() < 0.5) },
      },
    },
    eventTime: of.eventTime,
    eventSource,
    eventName,
    awsRegion: of.region,
    sourceIPAddress: `198.51.100.${Math.floor(random() * 256)}`,
    userAgent: 'aws-cli/2.15.0 md/awscrt#0.19.19',
    requestParameters: { name: `resource-${hex(random, 6)}`, maxResults: Math.floor(random() * 1000) },
    responseElements: null,
    requestID: hex(random, 32),
    eventID: [8, 12, 16, 20].reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, id),
    readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: of.account,
    eventCategory: 'Management',
  };
}

export type CloudTrailRecord = ReturnType<typeof cloudTrailRecord>;
