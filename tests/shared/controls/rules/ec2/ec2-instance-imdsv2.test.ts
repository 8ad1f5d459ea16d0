import rule from '../../../../../shared/controls/rules/ec2/ec2-instance-imdsv2';
import {
  captured,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const optional = captured('ci-rdk-AWS_EC2_Instance');
const OPTIONS = 'configuration.metadataOptions';
const TOKENS = `${OPTIONS}.httpTokens`;
const ENDPOINT = `${OPTIONS}.httpEndpoint`;

const rows: Row[] = [
  ['tokens optional', optional, 'NON_COMPLIANT', [TOKENS]],
  ['the same as the API writes it', inApiForm(optional), 'NON_COMPLIANT', [TOKENS]],
  ['tokens required', withMember(optional, TOKENS, 'required'), 'COMPLIANT'],
  ['tokens optional, and the service off', withMember(optional, ENDPOINT, 'disabled'), 'COMPLIANT'],
  [
    'the service off, without a word about tokens',
    withMember(withoutMember(optional, TOKENS), ENDPOINT, 'disabled'),
    'COMPLIANT',
  ],
  [
    'tokens optional, without a word about the service',
    withoutMember(optional, ENDPOINT),
    'NON_COMPLIANT',
    [TOKENS],
  ],
  ['a value that AWS does not have', withMember(optional, TOKENS, 'Required'), 'NON_COMPLIANT', [TOKENS]],
  [
    'the item before the change took hold',
    withMember(withMember(optional, TOKENS, 'required'), `${OPTIONS}.state`, 'pending'),
    'COMPLIANT',
  ],
  [
    'a stopped instance',
    withMember(optional, 'configuration.state', { code: 80, name: 'stopped' }),
    'NON_COMPLIANT',
    [TOKENS],
  ],
  ['a terminated instance', withMember(optional, 'configuration.state.name', 'terminated'), 'NOT_APPLICABLE'],
  [
    'an instance that shuts down, by the other name of its state',
    withMember(optional, 'configuration.state', { value: 'shutting-down' }),
    'NOT_APPLICABLE',
  ],
  [
    'a deleted instance',
    withMember(optional, 'configurationItemStatus', 'ResourceDeleted'),
    'NOT_APPLICABLE',
  ],
  [
    'an item without the state of the instance',
    withoutMember(optional, 'configuration.state'),
    'NON_COMPLIANT',
    [TOKENS],
  ],
  ['an item older than the options', captured('ci-c7n-d2d3530786'), 'INSUFFICIENT_DATA'],
  ['no word about tokens', withoutMember(optional, TOKENS), 'INSUFFICIENT_DATA'],
  ['tokens of null', withMember(optional, TOKENS, null), 'INSUFFICIENT_DATA'],
  ['options as text', withMember(optional, OPTIONS, 'required'), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = []) => {
  expect(said(rule, item)).toEqual({ compliance, because });
});
