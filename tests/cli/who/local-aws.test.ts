import command from '../../../cli/commands/who';
import type { Template } from '../../../local/template';
import { activityIndex } from '../../../shared/aws/activity-index';
import { activityTable } from '../../../shared/aws/activity-table';
import type { JsonObject } from '../../../shared/contracts/aws/configuration-item';
import { compiledTemplate } from '../../support/compiled-template';
import { startTestAws, stopAll, type TestAws } from '../../support/local-aws';
import { projectOn } from '../findings/laptop';
import { run, testShell } from '../test-shell';

const TABLE = 'trailseal-dev-findings';
const ACCOUNT = '123456789012';

let template: Template;
beforeAll(() => {
  template = compiledTemplate();
}, 60_000);
afterEach(stopAll);

const call = (parts: Record<string, unknown> = {}) => ({
  eventID: '9b4ed2dc-c736-b9ec-d905-644e29994096',
  eventName: 'AuthorizeSecurityGroupIngress',
  eventSource: 'ec2.amazonaws.com',
  eventTime: '2026-01-31T09:00:00Z',
  awsRegion: 'eu-central-1',
  recipientAccountId: ACCOUNT,
  readOnly: false,
  userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/alice`, accountId: ACCOUNT },
  requestParameters: { groupId: 'sg-1' },
  ...parts,
});

async function start(...calls: object[]): Promise<TestAws> {
  const aws = await startTestAws(template);
  const index = activityIndex(TABLE, aws.operator.dynamodb);
  for (const one of calls) await index.putCall(one as JsonObject);
  return aws;
}

const who = ({ url }: TestAws, ...args: string[]) =>
  run([command], ['who', ...args], testShell({ folder: projectOn(url) }));

test('by the table: which one, since when, and who', async () => {
  const aws = await start(
    call(),
    call({ eventID: 'e-elsewhere', awsRegion: 'us-east-1', eventTime: '2026-01-31T08:00:00Z' }),
    call({ eventID: 'e-other', requestParameters: { groupId: 'sg-2' } }),
    call({ eventID: 'e-old', eventTime: '2025-10-01T09:00:00Z' }),
  );
  const text = await who(aws, 'sg-1');
  expect(text.code).toBe(0);
  expect(text.err).toBe(
    `Using table ${TABLE} on the laptop at ${aws.url}\nIt remembers calls for 90 days: since 2025-11-03, in eu-central-1 and what is global\n`,
  );
  expect(text.out).toMatch(
    /^2026-01-31T09:00:00Z +AuthorizeSecurityGroupIngress +arn:aws:iam::123456789012:user\/alice/m,
  );
  expect(text.out).toContain(
    `\n1 call that changed sg-1, of 1 call that names it in table ${TABLE} on the laptop at ${aws.url} since 2025-11-03.\n`,
  );

  const json = await who(aws, `arn:aws:ec2:us-east-1:${ACCOUNT}:security-group/sg-1`, '--format', 'json');
  expect(JSON.parse(json.out)).toMatchObject({
    source: {
      kind: 'table',
      table: TABLE,
      accounts: [ACCOUNT],
      regions: ['eu-central-1'],
      since: '2025-11-03T00:00:00.000Z',
    },
    changes: [{ eventID: 'e-elsewhere', resourceId: 'sg-1' }],
  });
  const both = await who(
    aws,
    'sg-1',
    '--in',
    'us-east-1',
    '--type',
    'AWS::EC2::SecurityGroup',
    '--format',
    'ndjson',
  );
  expect(both.out.trim().split('\n')).toHaveLength(2);
  expect((await who(aws, 'sg-1', '--account', '111122223333', '--format', 'ndjson')).out).toBe('');
}, 60_000);

test('who asked for the session of root that a call was made in', async () => {
  const accessKeyId = 'ASIAEXAMPLE';
  const aws = await start(
    call({
      userIdentity: { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT, accessKeyId },
    }),
  );
  const startedBy = 'arn:aws:iam::999988887777:user/bruno';
  const session = {
    accessKeyId,
    account: ACCOUNT,
    startedBy,
    startedAt: '2026-01-31T08:59:00.000Z',
    eventID: 'e',
  };
  await activityTable(TABLE, aws.operator.dynamodb).remember(session, '2026-03-01T00:00:00.000Z');
  expect(JSON.parse((await who(aws, 'sg-1', '--format', 'ndjson')).out)).toMatchObject({
    assumedBy: startedBy,
  });
}, 60_000);

test.each<[string[], string]>([
  [['sg-1', '--failed'], 'the table remembers calls that worked only'],
  [['sg-1', '--type', 'AWS::No::Such'], 'no calls are filed for AWS::No::Such'],
  [['sg-1', '--in', 'nowhere'], 'Expected the name of an AWS Region'],
  [['arn:aws:nothing:eu-central-1:123456789012:x/y'], 'No calls are filed for what is named like'],
  [['sg-1', '--table', 'no-such-table'], 'Or read files: trailseal who sg-1 AWSLogs/'],
])(
  '%j ends with 2 and says why',
  async (args, message) => {
    const aws = await start();
    const { code, out, err } = await who(aws, ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  },
  60_000,
);
