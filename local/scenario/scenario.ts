import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { User } from '../access';
import type { LocalAws } from '../aws';
import type { JsonObject } from '../json';
import type { ActivityRecord } from '../services/cloudtrail-activity';
import { Approvals, type Approver } from './approvers';
import { sampleTrailSteps } from './sample-trail';
import { BUCKET, type Change, changes, GROUP, people, putThere } from './story';

/** When the calls of the story are made, in the last hour that CloudTrail has delivered. */
const minutesBefore = { first: 40, each: 5 };
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const BETWEEN_STEPS = 700;
/** AWS is given up to ten seconds to show what was changed. */
const LONGEST_STEP = 20_000;

const group = {
  control: 'sg-no-world-admin-ipv4',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: GROUP,
};
const block = {
  control: 's3-bucket-public-access-block',
  resourceType: 'AWS::S3::Bucket',
  resourceId: BUCKET,
};

interface Step {
  /** What happens, in a line. */
  says: string;
  play(): unknown;
}

/**
 * Three mistakes, as CloudTrail and AWS Config would report them, two of them mended and one of these put back; then the
 * log of CloudTrail, in which the calls stand, and its forgery.
 */
export async function playScenario(
  aws: LocalAws,
  approvers: Readonly<Record<Approver, User>>,
  say: (line: string) => void,
  stopped: AbortSignal,
): Promise<void> {
  const { accountId, region } = aws.stack.options;
  // What the hourly look at the account would otherwise miss.
  aws.recorders.putRecorder({});
  putThere(aws);
  const lastHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const story = changes(accountId, region);
  const told = (change: Change, index: number) => {
    const at = lastHour - (minutesBefore.first - index * minutesBefore.each) * MINUTE_MS;
    const record = recordOf(change, { accountId, region, at });
    const play = () => {
      change.happens?.(aws);
      aws.cloudtrail.remember([record]);
      aws.putEvents(activityEvent(record, accountId, region));
      aws.putEvents(configEvent(change, accountId, region, new Date(at + MINUTE_MS)));
    };
    return { record, step: { says: change.says, play } };
  };
  const opened = told(story.opened, 0);
  const unblocked = told(story.unblocked, 1);
  const exposed = told(story.exposed, 2);
  const closed = told(story.closed, 3);
  const approvals = new Approvals(aws, approvers, stopped);
  /** AWS Config tells of a bucket a little later. */
  const item = (parts: Pick<Change, 'item' | 'diff'>) =>
    aws.putEvents(configEvent(parts, accountId, region, new Date()));
  const mending: Step[] = [
    {
      says: 'alice approves the plan: the range is taken out, the group is read again and judged by the same rule',
      play: () => approvals.approve('alice', group),
    },
    unblocked.step,
    {
      says: 'alice approves that plan, too, and the block is on again',
      play: async () => {
        await approvals.approve('alice', block);
        item(story.blocked);
      },
    },
    {
      says: 'It was on purpose: alice wants it undone, which exposes again, so that carla has to approve',
      play: async () => {
        await approvals.undo('alice', block);
        await approvals.approve('carla', block);
        item(story.unblocked);
      },
    },
  ];
  const steps: Step[] = [
    opened.step,
    ...(remediates(aws) ? mending : [closed.step, unblocked.step]),
    exposed.step,
    ...sampleTrailSteps(
      aws,
      lastHour,
      [opened, unblocked, exposed, ...(remediates(aws) ? [] : [closed])].map(({ record }) => record),
    ),
  ];
  for (const step of steps) {
    if (stopped.aborted) return;
    say(`▶ ${step.says}`);
    try {
      await step.play();
    } catch (error) {
      // Whoever has set other modes sees another story.
      if (!stopped.aborted) say(`  ${error instanceof Error ? error.message : String(error)}`);
    }
    // A step whose alert is late doesn't hold up the next.
    await aws.idle({ timeoutMs: LONGEST_STEP }).catch(() => undefined);
    await sleep(BETWEEN_STEPS, undefined, { signal: stopped }).catch(() => undefined);
  }
}

/** Whether compliance.yml lets the group and the bucket be mended. */
const remediates = ({ stack }: LocalAws): boolean => {
  const [rule] = stack
    .ofType('AWS::Events::Rule')
    .filter(({ logicalId }) => logicalId === 'RemediableFinding');
  const pattern = JSON.stringify(rule?.properties ?? {});
  return (
    stack.ofType('AWS::ApiGatewayV2::Api').length > 0 &&
    [group, block].every(({ control }) => pattern.includes(`"${control}"`))
  );
};

/** An `AWS API Call via CloudTrail` event around a record. */
const activityEvent = (record: ActivityRecord, account: string, region: string): JsonObject => ({
  version: '0',
  'detail-type': 'AWS API Call via CloudTrail',
  source: `aws.${String(record['eventSource']).replace('.amazonaws.com', '')}`,
  account,
  region,
  time: record['eventTime'],
  resources: [],
  detail: record,
});

function recordOf(
  { call: { by, ...call } }: Change,
  { accountId, region, at }: { accountId: string; region: string; at: number },
): ActivityRecord {
  const { ip, agent, mfa } = people[by];
  const eventTime = new Date(at).toISOString().replace('.000Z', 'Z');
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROAEXAMPLEENGINEER01:${by}`,
      arn: `arn:aws:sts::${accountId}:assumed-role/engineer/${by}`,
      accountId,
      accessKeyId: `ASIAEXAMPLE${by.toUpperCase()}0001`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: 'AROAEXAMPLEENGINEER01',
          arn: `arn:aws:iam::${accountId}:role/engineer`,
          accountId,
          userName: 'engineer',
        },
        attributes: { creationDate: eventTime, mfaAuthenticated: mfa },
      },
    },
    eventTime,
    awsRegion: region,
    sourceIPAddress: ip,
    userAgent: agent,
    responseElements: { requestId: randomUUID(), _return: true },
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
    ...call,
  };
}

/** A `Config Configuration Item Change` event around a change. */
function configEvent(
  { item, diff }: Pick<Change, 'item' | 'diff'>,
  account: string,
  region: string,
  at: Date,
): JsonObject {
  const captured = at.toISOString();
  return {
    version: '0',
    'detail-type': 'Config Configuration Item Change',
    source: 'aws.config',
    account,
    region,
    time: captured.replace(/\.\d+Z$/, 'Z'),
    resources: [item['ARN']],
    detail: {
      recordVersion: '1.3',
      messageType: 'ConfigurationItemChangeNotification',
      configurationItemDiff: { changedProperties: diff, changeType: 'UPDATE' },
      notificationCreationTime: captured,
      configurationItem: {
        relatedEvents: [],
        relationships: [],
        supplementaryConfiguration: {},
        tags: {},
        configurationItemVersion: '1.3',
        configurationItemCaptureTime: captured,
        configurationStateId: at.getTime(),
        awsAccountId: account,
        configurationItemStatus: 'OK',
        awsRegion: region,
        configurationStateMd5Hash: '',
        resourceCreationTime: null,
        ...item,
      },
    },
  };
}
