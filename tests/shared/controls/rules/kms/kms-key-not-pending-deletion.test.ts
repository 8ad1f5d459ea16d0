import { parseConfigurationItem } from '../../../../../shared/contracts/aws/configuration-item';
import rule from '../../../../../shared/controls/rules/kms/kms-key-not-pending-deletion';
import {
  captured,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const STATE = 'configuration.keyState';
const awsManaged = captured('ci-rdk-AWS_KMS_Key');
const enabled = withMember(awsManaged, 'configuration.keyManager', 'CUSTOMER');
const pending = withMember(enabled, STATE, 'PendingDeletion');

const rows: Row[] = [
  ['a key that awaits deletion', pending, 'NON_COMPLIANT', [STATE]],
  ['the same as the API writes it', inApiForm(pending), 'NON_COMPLIANT', [STATE]],
  [
    'a primary key that awaits the deletion of its replicas',
    withMember(enabled, STATE, 'PendingReplicaDeletion'),
    'NON_COMPLIANT',
    [STATE],
  ],
  [
    'a key without a word about its manager',
    withoutMember(pending, 'configuration.keyManager'),
    'NON_COMPLIANT',
    [STATE],
  ],
  ['an enabled key', enabled, 'COMPLIANT'],
  ['a disabled key, as cancelling leaves it', withMember(enabled, STATE, 'Disabled'), 'COMPLIANT'],
  ['a key that awaits its material', withMember(enabled, STATE, 'PendingImport'), 'COMPLIANT'],
  ['a state that AWS does not have', withMember(enabled, STATE, 'pendingdeletion'), 'COMPLIANT'],
  ['a key of AWS', awsManaged, 'NOT_APPLICABLE'],
  ['a deleted key', withMember(pending, 'configurationItemStatus', 'ResourceDeleted'), 'NOT_APPLICABLE'],
  ['a key without a state', withoutMember(pending, STATE), 'INSUFFICIENT_DATA'],
  ['a state of null', withMember(pending, STATE, null), 'INSUFFICIENT_DATA'],
  ['no configuration', withMember(pending, 'configuration', null), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = []) => {
  expect(said(rule, item)).toEqual({ compliance, because });
});

test.each<[deletionDate: string | number | null, says: string]>([
  [1797811200000, 'the key is to be deleted, on 2026-12-21'],
  ['2026-12-21T00:00:00.000Z', 'the key is to be deleted, on 2026-12-21'],
  [null, 'the key is to be deleted'],
  ['soon', 'the key is to be deleted'],
  [Number.MAX_VALUE, 'the key is to be deleted'],
])('says when, for %j', (deletionDate, says) => {
  const item = parseConfigurationItem(withMember(pending, 'configuration.deletionDate', deletionDate));
  const verdict = rule.judge(rule.reads.parse(item), {});
  expect('because' in verdict && verdict.because[0].says).toBe(says);
});
