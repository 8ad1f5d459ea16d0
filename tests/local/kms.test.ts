import {
  CancelKeyDeletionCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  type KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { stopAll } from '../support/local-aws';
import { type Grant, startHoldingAws } from './holding-aws';

afterEach(stopAll);

const KeyId = '0a1b2c3d-0000-4000-8000-000000000001';
const ARN = `arn:aws:kms:eu-central-1:123456789012:key/${KeyId}`;
const DAY_MS = 86_400_000;

async function started(grants?: Grant[], seed: object = {}) {
  const all = await startHoldingAws(grants);
  all.aws.kms.putKey({
    KeyId,
    Description: 'ledger',
    Aliases: ['alias/ledger'],
    Tags: { team: 'shop' },
    ...seed,
  });
  return all;
}

const described = async (kms: KMSClient, id = KeyId) =>
  (await kms.send(new DescribeKeyCommand({ KeyId: id }))).KeyMetadata;

test('a deletion that is scheduled and cancelled leaves the key disabled until it is enabled', async () => {
  const { aws, kms } = await started();
  const before = await described(kms);
  expect(before).toMatchObject({ KeyState: 'Enabled', Enabled: true, KeyManager: 'CUSTOMER', Arn: ARN });

  const DeletionDate = new Date(aws.clock.now() + 7 * DAY_MS);
  await expect(
    kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })),
  ).resolves.toMatchObject({ KeyId: ARN, DeletionDate, KeyState: 'PendingDeletion', PendingWindowInDays: 7 });
  await expect(described(kms)).resolves.toMatchObject({
    KeyState: 'PendingDeletion',
    Enabled: false,
    DeletionDate,
  });

  await expect(kms.send(new CancelKeyDeletionCommand({ KeyId }))).resolves.toMatchObject({ KeyId: ARN });
  const cancelled = await described(kms);
  expect(cancelled).toMatchObject({ KeyState: 'Disabled', Enabled: false });
  expect(cancelled).not.toHaveProperty('DeletionDate');

  await kms.send(new EnableKeyCommand({ KeyId }));
  await expect(described(kms)).resolves.toEqual(before);
  await kms.send(new DisableKeyCommand({ KeyId }));
  await expect(described(kms)).resolves.toMatchObject({ KeyState: 'Disabled' });
});

test.each([
  ['its id', KeyId],
  ['its ARN', ARN],
  ['its alias', 'alias/ledger'],
  ['the ARN of its alias', 'arn:aws:kms:eu-central-1:123456789012:alias/ledger'],
])('a key is described by %s', async (_, id) => {
  const { kms } = await started();
  await expect(described(kms, id)).resolves.toMatchObject({ KeyId });
});

test('a key of the template is there as well', async () => {
  const { aws, kms } = await started();
  await expect(described(kms, aws.arn('Key'))).resolves.toMatchObject({ KeyState: 'Enabled' });
});

const pending = { KeyState: 'PendingDeletion' };
test.each<[string, object, ConstructorParameters<typeof EnableKeyCommand>, unknown, string, number]>([
  [
    'enable one that is to be deleted',
    pending,
    [{ KeyId }],
    EnableKeyCommand,
    'KMSInvalidStateException',
    409,
  ],
  [
    'disable one that is to be deleted',
    pending,
    [{ KeyId }],
    DisableKeyCommand,
    'KMSInvalidStateException',
    409,
  ],
  ['delete twice', pending, [{ KeyId }], ScheduleKeyDeletionCommand, 'KMSInvalidStateException', 409],
  ['cancel nothing', {}, [{ KeyId }], CancelKeyDeletionCommand, 'KMSInvalidStateException', 409],
  [
    'cancel by an alias',
    pending,
    [{ KeyId: 'alias/ledger' }],
    CancelKeyDeletionCommand,
    'NotFoundException',
    404,
  ],
  ['describe what is not there', {}, [{ KeyId: 'x' }], DescribeKeyCommand, 'NotFoundException', 404],
  [
    "disable one of AWS's",
    { KeyManager: 'AWS' },
    [{ KeyId }],
    DisableKeyCommand,
    'UnsupportedOperationException',
    400,
  ],
])('refused: %s', async (_, seed, input, Command, name, httpStatusCode) => {
  const { kms } = await started(undefined, seed);
  const command = new (Command as typeof EnableKeyCommand)(...input);
  await expect(kms.send(command)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
});

test.each([6, 31])('a window of %d days is refused', async (PendingWindowInDays) => {
  const { kms } = await started();
  const schedule = new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays });
  await expect(kms.send(schedule)).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(described(kms)).resolves.toMatchObject({ KeyState: 'Enabled' });
});

const root = { AWS: 'arn:aws:iam::123456789012:root' };
test.each<[string, Grant[], object[] | undefined, boolean]>([
  ['nobody allows', [], undefined, false],
  [
    'the role allows, the key trusts the account',
    [{ Action: 'kms:EnableKey', Resource: ARN }],
    undefined,
    true,
  ],
  ['the role allows by tag', [byTag('shop')], undefined, true],
  ['the role allows by another tag', [byTag('core')], undefined, false],
  ['the role allows, the key trusts nobody', [{ Action: 'kms:*', Resource: '*' }], [], false],
  [
    'the key denies',
    [{ Action: 'kms:*', Resource: '*' }],
    [
      { Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' },
      { Effect: 'Deny', Principal: '*', Action: 'kms:EnableKey', Resource: '*' },
    ],
    false,
  ],
])('rights: %s', async (_, grants, Statement, allowed) => {
  const { kms } = await started(grants, Statement ? { Policy: { Statement } } : {});
  const enable = kms.send(new EnableKeyCommand({ KeyId }));
  if (allowed) await expect(enable).resolves.toBeDefined();
  else await expect(enable).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

function byTag(team: string): Grant {
  return {
    Action: 'kms:EnableKey',
    Resource: '*',
    Condition: { StringEquals: { 'aws:ResourceTag/team': team } },
  };
}
