import * as z from 'zod/mini';
import type { JsonObject } from '../../contracts/aws/configuration-item';
import type { AwsCall, Target } from '../../contracts/trailseal/remediation';
import { allow, arnIn, cannot, defineRemediation, locate, nothingToDo, read, tagMap } from '../remediation';

/** The longest that KMS takes: a key that is to be deleted again should be missed before it is gone. */
const LONGEST_WINDOW = 30;

const Key = z.object({
  KeyMetadata: z.object({
    KeyId: z.string(),
    Arn: z.string(),
    KeyState: z.string(),
    KeyManager: z.optional(z.string()),
  }),
});
const Tags = z.object({
  Tags: z.array(z.object({ TagKey: z.string(), TagValue: z.string() })),
  Truncated: z.optional(z.nullable(z.literal(false))),
});

const keyCall = (target: Target, action: string, says: string, more: JsonObject = {}): AwsCall => ({
  service: 'kms',
  action,
  region: target.region,
  input: { KeyId: target.id, ...more },
  allows: [allow(`kms:${action}`, target.arn)],
  says,
  again: 'harmless',
});

/** KMS refuses a second cancellation: the key is no longer pending. */
const cancel = (target: Target): AwsCall => ({
  ...keyCall(target, 'CancelKeyDeletion', `Cancel the deletion of key ${target.id}`),
  again: 'refused',
  doneCodes: ['KMSInvalidStateException'],
});

const schedule = (target: Target): AwsCall => ({
  ...keyCall(target, 'ScheduleKeyDeletion', `Schedule the deletion of key ${target.id}`, {
    PendingWindowInDays: LONGEST_WINDOW,
  }),
  again: 'refused',
  doneCodes: ['KMSInvalidStateException'],
});

export default defineRemediation({
  id: 'kms-cancel-deletion',
  version: 1,
  title: 'Cancel the deletion of a key and enable it',
  fixes: ['kms-key-not-pending-deletion', 'activity-cmk-disable-or-delete'],
  restoresEvidence: false,
  cap: 5,
  settleSeconds: 10,
  autoWhen: { never: 'Whether a key is to be given up for good is for its owner to say.' },
  permissions: {
    capture: ['kms:DescribeKey', 'kms:ListResourceTags'],
    apply: ['kms:CancelKeyDeletion', 'kms:EnableKey'],
    undo: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
  },
  settings: z.object({}),
  captured: z.object({ key: Key, tags: Tags }),
  exposesAgain: 'The key is disabled or about to be deleted again, and with it all that it encrypts.',
  target: locate({
    resourceTypes: ['AWS::KMS::Key'],
    id: /^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    arnOf: (target) => arnIn(target, 'kms', `key/${target.id}`),
  }),
  reads: (target) => [
    read('key', {
      service: 'kms',
      action: 'DescribeKey',
      region: target.region,
      input: { KeyId: target.id },
      allows: [allow('kms:DescribeKey', target.arn)],
    }),
    read('tags', {
      service: 'kms',
      action: 'ListResourceTags',
      region: target.region,
      input: { KeyId: target.id },
      allows: [allow('kms:ListResourceTags', target.arn)],
    }),
  ],
  tags: ({ tags }) => tagMap(tags.Tags.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue }))),
  meaning: ({ key }) => ({ state: key.KeyMetadata.KeyState }),
  observed: ({ key: { KeyMetadata: key } }) => ({
    resourceType: 'AWS::KMS::Key',
    configuration: {
      keyId: key.KeyId,
      arn: key.Arn,
      keyState: key.KeyState,
      keyManager: key.KeyManager ?? null,
      enabled: key.KeyState === 'Enabled',
    },
  }),
  plan({ captured, target }) {
    const { KeyMetadata: key } = captured.key;
    if (key.KeyState === 'Enabled') return nothingToDo('the key is enabled');
    if (key.KeyManager === 'AWS') return cannot('the key is managed by AWS');
    if (key.KeyState !== 'PendingDeletion' && key.KeyState !== 'Disabled')
      return cannot(`the key is in state ${key.KeyState}`);
    const enable = keyCall(target, 'EnableKey', `Enable key ${target.id}`);
    return {
      outcome: 'change',
      calls: key.KeyState === 'PendingDeletion' ? [cancel(target), enable] : [enable],
      after: { ...captured, key: { KeyMetadata: { ...key, KeyState: 'Enabled' } } },
      notes: ['If the key was disabled on purpose before its deletion was scheduled, it is enabled now.'],
    };
  },
  undo: ({ captured, target }) =>
    captured.key.KeyMetadata.KeyState === 'PendingDeletion'
      ? {
          reversible: true,
          calls: [schedule(target)],
          sameMeaning: `The key is pending deletion again, for ${LONGEST_WINDOW} days from now.`,
        }
      : { reversible: true, calls: [keyCall(target, 'DisableKey', `Disable key ${target.id}`)] },
});
