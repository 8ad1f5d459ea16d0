import { accessKeysSnapshot } from '../../../../../shared/contracts/aws/account-snapshot';
import rule from '../../../../../shared/controls/rules/iam/iam-access-key-rotation';
import { type Row, said, withMember, withoutMember } from '../../../../support/judge-rule';
import { seen, snapshotItem } from '../../../../support/snapshot-items';

const user = (...keys: object[]) =>
  snapshotItem('AWS::IAM::User', accessKeysSnapshot(keys), { awsRegion: 'global' });
const key = (CreateDate: string | null, Status = 'Active') => ({ AccessKeyId: 'AKIA1', Status, CreateDate });
const [young, ninety, old] = ['2026-11-01T00:00:00Z', '2026-08-31T12:00:00Z', '2026-08-31T11:59:59Z'];
const made = (index: number) => seen(`accessKeys[${index}].createDate`);

const rows: Row[] = [
  ['no keys', user(), 'COMPLIANT'],
  ['a young key', user(key(young)), 'COMPLIANT'],
  ['a key of 90 days', user(key(ninety)), 'COMPLIANT'],
  ['a key of more than 90 days', user(key(old)), 'NON_COMPLIANT', [made(0)]],
  ['an old key that is not active', user(key(old, 'Inactive')), 'COMPLIANT'],
  ['the old one of two', user(key(young), key(old)), 'NON_COMPLIANT', [made(1)]],
  ['two old ones', user(key(old), key('2020-01-01T00:00:00Z')), 'NON_COMPLIANT', [made(0), made(1)]],
  ['a young key, by the parameter', user(key(young)), 'NON_COMPLIANT', [made(0)], { maxDays: 10 }],
  [
    'a user who is gone',
    withMember(user(key(old)), 'configurationItemStatus', 'ResourceDeleted'),
    'NOT_APPLICABLE',
  ],
  ['a key of unknown age', user(key(null)), 'INSUFFICIENT_DATA'],
  ['a key of unknown age, besides an old one', user(key(null), key(old)), 'NON_COMPLIANT', [made(1)]],
  ['keys that are not known', withoutMember(user(), seen('accessKeys')), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = [], parameters = {}) => {
  expect(said(rule, item, parameters)).toEqual({ compliance, because });
});
