import rule from '../../../../../shared/controls/rules/cloudtrail/cloudtrail-log-validation';
import { captured, type Row, said, withMember, withoutMember } from '../../../../support/judge-rule';

const trail = captured('ci-rdk-AWS_Cloudtrail_Trail');
const VALIDATION = 'configuration.logFileValidationEnabled';
const unvalidated = withMember(trail, VALIDATION, false);

const organizations = withMember(unvalidated, 'configuration.isOrganizationTrail', true);
const ownedBy = (account: string) => `arn:aws:cloudtrail:ap-southeast-1:${account}:trail/APJCCloudTrail`;

const rows: Row[] = [
  [
    "the organization's trail, in the account that owns it",
    withMember(organizations, 'configuration.trailARN', ownedBy('212591712841')),
    'NON_COMPLIANT',
    [VALIDATION],
  ],
  [
    "the organization's trail, in a member account",
    withMember(organizations, 'configuration.trailARN', ownedBy('210987654321')),
    'NOT_APPLICABLE',
  ],
  ['a trail with validation', trail, 'COMPLIANT'],
  ['a trail without validation', unvalidated, 'NON_COMPLIANT', [VALIDATION]],
  [
    'an old item that names no home Region',
    withoutMember(unvalidated, 'configuration.homeRegion'),
    'NON_COMPLIANT',
    [VALIDATION],
  ],
  [
    'a home Region of null',
    withMember(unvalidated, 'configuration.homeRegion', null),
    'NON_COMPLIANT',
    [VALIDATION],
  ],
  [
    'the shadow of a trail in another Region',
    withMember(unvalidated, 'awsRegion', 'eu-west-1'),
    'NOT_APPLICABLE',
  ],
  ['the shadow of a trail with validation', withMember(trail, 'awsRegion', 'eu-west-1'), 'NOT_APPLICABLE'],
  [
    'a deleted trail',
    withMember(unvalidated, 'configurationItemStatus', 'ResourceDeleted'),
    'NOT_APPLICABLE',
  ],
  ['a trail that does not say', withoutMember(trail, VALIDATION), 'INSUFFICIENT_DATA'],
  ['validation of null', withMember(trail, VALIDATION, null), 'INSUFFICIENT_DATA'],
  ['validation as text', withMember(trail, VALIDATION, 'true'), 'INSUFFICIENT_DATA'],
  [
    'a key that differs by case only',
    withMember(withoutMember(trail, VALIDATION), 'configuration.LogFileValidationEnabled', true),
    'INSUFFICIENT_DATA',
  ],
  ['no configuration', withMember(trail, 'configuration', null), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = []) => {
  expect(said(rule, item)).toEqual({ compliance, because });
});
