import { activityIndex } from '../../../shared/aws/activity-index';
import type { ActivityIndex, CapturedItem } from '../../../shared/findings/activity-index';
import { sampleTemplate } from '../../local/sample-template';
import { record } from '../../support/activity-events';
import { ACCOUNT, REGION, startTestAws, stopAll } from '../../support/local-aws';

let index: ActivityIndex;
beforeEach(async () => {
  const { operator } = await startTestAws(sampleTemplate());
  index = activityIndex('trailseal-test-findings', operator.dynamodb);
});
afterEach(stopAll);

const database: CapturedItem = {
  account: ACCOUNT,
  region: REGION,
  resourceType: 'AWS::RDS::DBInstance',
  resourceId: 'db-Q7XNE2LMV5B4ZJ3KTR6WYD8HCA',
  resourceName: 'orders',
  arn: `arn:aws:rds:${REGION}:${ACCOUNT}:db:orders`,
  capturedAt: '2026-01-31T09:00:00.000Z',
  configurationStateId: '7',
  changedPaths: ['configuration.publiclyAccessible'],
  findings: ['F1'],
};
const byName = {
  account: ACCOUNT,
  region: REGION,
  resourceType: 'AWS::RDS::DBInstance',
  id: 'orders',
};
const modify = (eventTime: string, eventID: string) => ({
  ...record({
    eventSource: 'rds.amazonaws.com',
    eventName: 'ModifyDBInstance',
    eventTime,
    eventID,
    requestParameters: { dBInstanceIdentifier: 'orders', publiclyAccessible: true },
  }),
});
const idsOf = (records: readonly object[]) => records.map((one) => (one as { eventID: string }).eventID);

describe('calls', () => {
  test('are filed under what they name, and found by time, the first moment left out and the last not', async () => {
    expect(await index.putCall(modify('2026-01-31T09:00:00Z', 'b'))).toEqual([byName]);
    await index.putCall(modify('2026-01-31T09:00:00Z', 'b'));
    await index.putCall(modify('2026-01-31T08:59:59Z', 'a'));
    const calls = async (from: string, to: string) =>
      idsOf(await index.calls([byName], `2026-01-31T${from}.000Z`, `2026-01-31T${to}.000Z`));
    expect(await calls('08:00:00', '09:00:00')).toEqual(['a', 'b']);
    expect(await calls('08:59:59', '09:00:00')).toEqual(['b']);
    expect(await calls('09:00:00', '10:00:00')).toEqual([]);
    expect(await calls('08:00:00', '08:59:58')).toEqual([]);
  });

  test('come back as they were', async () => {
    const call = modify('2026-01-31T09:00:00Z', 'b');
    await index.putCall(call);
    expect(await index.calls([byName], '2026-01-31T08:00:00.000Z', '2026-01-31T10:00:00.000Z')).toEqual([
      call,
    ]);
  });

  test('are filed, however long and in whatever alphabet a name is', async () => {
    const call = record({
      eventSource: 'dynamodb.amazonaws.com',
      eventName: 'UpdateTable',
      eventTime: '2026-01-31T09:00:00Z',
      requestParameters: { tableName: '漢'.repeat(900) },
    });
    const [key] = await index.putCall(call);
    const found = await index.calls(key ? [key] : [], '2026-01-31T08:00:00.000Z', '2026-01-31T10:00:00.000Z');
    expect(found).toEqual([call]);
  });

  test('that name nothing are filed nowhere', async () => {
    expect(await index.putCall({ ...modify('2026-01-31T09:00:00Z', 'b'), requestParameters: null })).toEqual(
      [],
    );
  });

  test('of a global service are filed under no Region', async () => {
    const call = record({
      eventSource: 'iam.amazonaws.com',
      eventName: 'AttachRolePolicy',
      awsRegion: 'us-east-1',
      requestParameters: { roleName: 'admin', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    });
    expect(await index.putCall(call)).toContainEqual({
      account: ACCOUNT,
      region: 'global',
      resourceType: 'AWS::IAM::Role',
      id: 'admin',
    });
  });
});

describe('items', () => {
  test('are found by the name that calls use, each once, with the one before', async () => {
    const earlier = { ...database, capturedAt: '2026-01-31T08:00:00.000Z', configurationStateId: '6' };
    await index.putItem(database);
    await index.putItem(earlier);
    const byId = { ...byName, id: database.resourceId };
    expect(await index.items([byName, byId], earlier.capturedAt, database.capturedAt)).toEqual([
      earlier,
      database,
    ]);
    expect(await index.itemBefore([byName, byId], database.capturedAt)).toEqual(earlier);
    expect(await index.itemBefore([byName], earlier.capturedAt)).toBeUndefined();
    expect(await index.items([byName], database.capturedAt, database.capturedAt)).toEqual([database]);
  });
});

test('a snapshot is told from the snapshot before, and an item of AWS Config from its own', async () => {
  const snapshot = {
    ...database,
    capturedAt: '2026-01-31T08:30:00.000Z',
    configurationStateId: '1769848200000',
    isSnapshot: true,
  };
  const earlier = { ...database, capturedAt: '2026-01-31T08:00:00.000Z', configurationStateId: '6' };
  for (const item of [database, earlier, snapshot]) await index.putItem(item);
  expect(await index.itemBefore([byName], database.capturedAt)).toEqual(earlier);
  expect(await index.itemBefore([byName], '2026-01-31T23:00:00.000Z', true)).toEqual(snapshot);
  expect(await index.itemBefore([byName], snapshot.capturedAt, true)).toBeUndefined();
});

describe('an item of which nobody knows who brought it about', () => {
  const sought = {
    item: database,
    from: '2026-01-31T08:00:00.000Z',
    to: '2026-01-31T09:00:00.000Z',
  };
  const NOW = '2026-01-31T09:05:00.000Z';

  test('is sought until it was searched for', async () => {
    expect(await index.seek(sought, NOW)).toBe('seeking');
    expect(await index.seek(sought, NOW)).toBe('seeking');
    expect(await index.soughtDue('2026-01-31T12:04:59.000Z', 10)).toEqual([]);
    const [name] = await index.soughtDue('2026-01-31T12:05:00.000Z', 10);
    if (name === undefined) throw new Error('it is not due');
    expect(await index.readSought(name)).toEqual({ name, ...sought });
    await index.searched(name, '2026-01-31T12:06:00.000Z');
    expect(await index.soughtDue('2027-01-01T00:00:00.000Z', 10)).toEqual([]);
    expect(await index.seek(sought, NOW)).toBe('searched');
    expect(await index.sought(ACCOUNT, sought.from, sought.to)).toEqual([]);
  });

  test('is forgotten when somebody was found meanwhile, and sought anew if need be', async () => {
    await index.seek(sought, NOW);
    const [name] = await index.soughtDue('2026-01-31T12:05:00.000Z', 10);
    if (name === undefined) throw new Error('it is not due');
    await index.noLongerSought(name);
    expect(await index.readSought(name)).toBeUndefined();
    expect(await index.seek(sought, NOW)).toBe('seeking');
  });

  test.each([
    ['a log file of its hour', '2026-01-31T08:30:00.000Z', '2026-01-31T08:35:00.000Z', 1],
    ['one that ends with its window', '2026-01-31T08:59:00.000Z', '2026-01-31T09:00:00.000Z', 1],
    ['one of before', '2026-01-31T07:00:00.000Z', '2026-01-31T08:00:00.000Z', 0],
    ['one of after', '2026-01-31T09:00:01.000Z', '2026-01-31T09:10:00.000Z', 0],
    ['one around it', '2026-01-31T07:00:00.000Z', '2026-01-31T10:00:00.000Z', 1],
  ])('is looked for in %s: %s to %s', async (_name, from, to, found) => {
    await index.seek(sought, NOW);
    expect(await index.sought(ACCOUNT, from, to)).toHaveLength(found);
    expect(await index.sought('999999999999', from, to)).toEqual([]);
  });
});
