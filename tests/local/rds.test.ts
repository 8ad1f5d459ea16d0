import {
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  paginateDescribeDBInstances,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { stopAll } from '../support/local-aws';
import { type Grant, startHoldingAws } from './holding-aws';

afterEach(stopAll);

const ID = 'orders';

async function started(grants?: Grant[]) {
  const all = await startHoldingAws(grants);
  all.aws.rds.putDBInstance({
    DBInstanceIdentifier: ID,
    Engine: 'mysql',
    DBInstanceClass: 'db.m5.large',
    PubliclyAccessible: true,
    InstanceCreateTime: new Date('2026-01-02T03:04:05Z'),
    Endpoint: { Address: 'orders.example', Port: 3306 },
    VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0a', Status: 'active' }],
    TagList: [{ Key: 'team', Value: 'shop' }],
  });
  return all;
}

async function database(rds: RDSClient, DBInstanceIdentifier = ID) {
  const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
  return DBInstances?.[0];
}

type Changes = Omit<ConstructorParameters<typeof ModifyDBInstanceCommand>[0], 'DBInstanceIdentifier'>;
const modify = (rds: RDSClient, changes: Changes) =>
  rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: ID, ...changes }));

test('public access is taken away at once, nothing pending is touched, and it comes back', async () => {
  const { aws, rds } = await started();
  await modify(rds, { DBInstanceClass: 'db.m5.xlarge' });
  const before = await database(rds);
  expect(before).toMatchObject({
    DBInstanceStatus: 'available',
    DBInstanceClass: 'db.m5.large',
    PendingModifiedValues: { DBInstanceClass: 'db.m5.xlarge' },
    InstanceCreateTime: new Date('2026-01-02T03:04:05Z'),
  });

  const { DBInstance } = await modify(rds, { PubliclyAccessible: false });
  expect(DBInstance).toMatchObject({ DBInstanceStatus: 'available', PubliclyAccessible: true });
  await expect(database(rds)).resolves.toMatchObject({ DBInstanceStatus: 'modifying' });
  await aws.idle();
  await expect(database(rds)).resolves.toMatchObject({
    DBInstanceStatus: 'available',
    PubliclyAccessible: false,
    DBInstanceClass: 'db.m5.large',
    PendingModifiedValues: { DBInstanceClass: 'db.m5.xlarge' },
  });

  await modify(rds, { PubliclyAccessible: true });
  await aws.idle();
  await expect(database(rds)).resolves.toEqual(before);
});

test('immediately means all that was pending, too', async () => {
  const { aws, rds } = await started();
  await modify(rds, { DBInstanceClass: 'db.m5.xlarge', DBPortNumber: 3307 });
  await modify(rds, { PubliclyAccessible: false, ApplyImmediately: true });
  await aws.idle();
  const after = await database(rds);
  expect(after).toMatchObject({
    DBInstanceClass: 'db.m5.xlarge',
    PubliclyAccessible: false,
    Endpoint: { Port: 3307 },
  });
  expect(after?.PendingModifiedValues).toEqual({});
});

test('what is pending is applied in the maintenance window', async () => {
  const { aws, rds } = await started();
  await modify(rds, { EngineVersion: '8.0.40', MultiAZ: true });
  aws.rds.runMaintenance(ID);
  const after = await database(rds);
  expect(after).toMatchObject({ EngineVersion: '8.0.40', MultiAZ: true });
  expect(after?.PendingModifiedValues).toEqual({});
});

test('groups are replaced', async () => {
  const { aws, rds } = await started();
  await modify(rds, { VpcSecurityGroupIds: ['sg-0b', 'sg-0c'] });
  await aws.idle();
  expect((await database(rds))?.VpcSecurityGroups).toEqual([
    { VpcSecurityGroupId: 'sg-0b', Status: 'active' },
    { VpcSecurityGroupId: 'sg-0c', Status: 'active' },
  ]);
});

test.each<[string, Changes, string, number]>([
  ['while it is being modified', { PubliclyAccessible: false }, 'InvalidDBInstanceStateFault', 400],
  ['in a way that is not simulated', { TdeCredentialArn: 'x' }, 'NotSimulatedLocally', 400],
])('is not modified %s', async (_, changes, name, httpStatusCode) => {
  const { rds } = await started();
  if (name.startsWith('Invalid')) await modify(rds, { DeletionProtection: true });
  await expect(modify(rds, changes)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
});

test('one that is not there is not found', async () => {
  const { rds } = await started();
  await expect(database(rds, 'billing')).rejects.toMatchObject({
    name: 'DBInstanceNotFoundFault',
    message: 'DBInstance billing not found.',
    $metadata: { httpStatusCode: 404 },
  });
});

test('instances come page by page', async () => {
  const { aws, rds } = await started();
  for (let i = 0; i < 24; i += 1) aws.rds.putDBInstance({ DBInstanceIdentifier: `many-${i}` });
  const pages = [];
  for await (const { DBInstances = [] } of paginateDescribeDBInstances({ client: rds, pageSize: 20 }, {})) {
    pages.push(DBInstances.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier));
  }
  expect(pages.map((page) => page.length)).toEqual([20, 5]);
  expect(new Set(pages.flat()).size).toBe(25);
});

test.each<[string, Grant[], boolean]>([
  ['none', [], false],
  ['to look only', [{ Action: 'rds:Describe*', Resource: '*' }], false],
  ['on it', [{ Action: 'rds:ModifyDBInstance', Resource: 'arn:aws:rds:*:*:db:orders' }], true],
  ['on another', [{ Action: 'rds:ModifyDBInstance', Resource: 'arn:aws:rds:*:*:db:billing' }], false],
  [
    'by its tag',
    [
      {
        Action: 'rds:ModifyDBInstance',
        Resource: '*',
        Condition: { StringEquals: { 'rds:db-tag/team': 'shop', 'aws:ResourceTag/team': 'shop' } },
      },
    ],
    true,
  ],
])('rights: %s', async (_, grants, allowed) => {
  const { rds } = await started(grants);
  const attempt = modify(rds, { PubliclyAccessible: false });
  if (allowed) await expect(attempt).resolves.toHaveProperty('DBInstance');
  else {
    await expect(attempt).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
      message: expect.stringContaining('rds:ModifyDBInstance on resource: arn:aws:rds:eu-central-1:'),
    });
  }
});
