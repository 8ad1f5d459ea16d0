import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import findingsCommand from '../../../cli/commands/findings';
import { run, testShell } from '../test-shell';
import { summary } from './fake-findings';
import { records } from './laptop';

const TABLE = 'trailseal-prod-findings';
const dynamodb = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  dynamodb.reset();
  const TableArn = `arn:aws:dynamodb:eu-west-1:111122223333:table/${TABLE}`;
  dynamodb.on(DescribeTableCommand).resolves({ Table: { TableArn } });
  dynamodb.on(QueryCommand).resolves({ Items: [{ pk: `F#${summary().id}`, sk: 'STATE' }] });
  dynamodb.on(BatchGetCommand).resolves({ Responses: { [TABLE]: [{ finding: summary() }] } });
});

const findings = (args: readonly string[], env = {}) =>
  run([findingsCommand], ['findings', '--stage', 'prod', '--format', 'ndjson', ...args], testShell({ env }));
const accountsAsked = () =>
  dynamodb
    .commandCalls(QueryCommand)
    .map(({ args }) => args[0].input.ExpressionAttributeValues?.[':account']);

test('the account is the one that the table is in', async () => {
  const { code, out, err } = await findings(['--region', 'eu-west-1']);
  expect(code).toBe(1);
  expect(records(out).at(-1)).toMatchObject({ accounts: ['111122223333'], found: 1 });
  expect(err).toBe(`Using table ${TABLE} in Region eu-west-1\n`);
  expect(accountsAsked()).toEqual(['111122223333']);
});

test('accounts that are named need no right to describe the table', async () => {
  await findings(['--account', '444455556666', '777788889999']);
  expect(accountsAsked()).toEqual(['444455556666', '777788889999']);
  expect(dynamodb.commandCalls(DescribeTableCommand)).toEqual([]);
});

test('an endpoint of DynamoDB alone is heeded, one of another service is not', async () => {
  const env = {
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000',
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9000',
  };
  expect((await findings([], env)).err).toContain(`through http://127.0.0.1:8000\n`);
});

test('a finding that another version wrote is told, and is exit code 2', async () => {
  const other = { ...summary(), severity: 'dreadful' };
  dynamodb
    .on(BatchGetCommand)
    .resolves({ Responses: { [TABLE]: [{ finding: other }, { finding: summary() }] } });
  const { code, out, err } = await findings([]);
  expect(code).toBe(2);
  expect(records(out)).toHaveLength(2);
  expect(err).toContain(`error: finding ${other.id}: severity: expected one of "critical"`);
});

test('a missing right says what to do', async () => {
  dynamodb
    .on(QueryCommand)
    .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));
  const { code, err } = await findings([]);
  expect(code).toBe(2);
  expect(err).toContain('The credentials lack this right. Name others by --profile NAME.');
});
