import rule from '../../../../../shared/controls/rules/rds/rds-no-public-access';
import {
  captured,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const publicInstance = captured('ci-rdk-AWS_RDS_DBInstance');
const PUBLIC = 'configuration.publiclyAccessible';

const rows: Row[] = [
  ['an instance with a public address', publicInstance, 'NON_COMPLIANT', [PUBLIC]],
  ['the same as the API writes it', inApiForm(publicInstance), 'NON_COMPLIANT', [PUBLIC]],
  ['an instance without one', withMember(publicInstance, PUBLIC, false), 'COMPLIANT'],
  [
    'a deleted instance',
    withMember(publicInstance, 'configurationItemStatus', 'ResourceDeleted'),
    'NOT_APPLICABLE',
  ],
  ['an instance that does not say', withoutMember(publicInstance, PUBLIC), 'INSUFFICIENT_DATA'],
  ['null', withMember(publicInstance, PUBLIC, null), 'INSUFFICIENT_DATA'],
  ['text', withMember(publicInstance, PUBLIC, 'false'), 'INSUFFICIENT_DATA'],
  ['no configuration', withoutMember(publicInstance, 'configuration'), 'INSUFFICIENT_DATA'],
  [
    'a hostile name',
    withMember(publicInstance, 'resourceName', '<!channel>\u202e'),
    'NON_COMPLIANT',
    [PUBLIC],
  ],
];

test.each(rows)('%s', (_name, item, compliance, because = []) => {
  expect(said(rule, item)).toEqual({ compliance, because });
});
