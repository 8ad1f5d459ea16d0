import rule from '../../../../../shared/controls/rules/ec2/ec2-detailed-monitoring';
import {
  captured,
  inApiForm,
  type Row,
  said,
  withMember,
  withoutMember,
} from '../../../../support/judge-rule';

const running = captured('ci-rdk-AWS_EC2_Instance');
const stopped = captured('ci-c7n-d2d3530786');
const STATE = 'configuration.monitoring.state';

const rows: Row[] = [
  ['monitoring disabled', running, 'NON_COMPLIANT', [STATE]],
  ['monitoring disabled, and the instance stopped', stopped, 'NON_COMPLIANT', [STATE]],
  ['the same as the API writes it', inApiForm(stopped), 'NON_COMPLIANT', [STATE]],
  ['monitoring enabled', withMember(running, STATE, 'enabled'), 'COMPLIANT'],
  ['monitoring being enabled', withMember(running, STATE, 'pending'), 'COMPLIANT'],
  ['monitoring being disabled', withMember(running, STATE, 'disabling'), 'NON_COMPLIANT', [STATE]],
  ['a state that AWS does not have', withMember(running, STATE, 'ENABLED<script>'), 'NON_COMPLIANT', [STATE]],
  ['a terminated instance', withMember(running, 'configuration.state.name', 'terminated'), 'NOT_APPLICABLE'],
  [
    'a terminated instance, by the other name of its state',
    withMember(running, 'configuration.state', { value: 'terminated' }),
    'NOT_APPLICABLE',
  ],
  [
    'an instance that shuts down',
    withMember(running, 'configuration.state.name', 'shutting-down'),
    'NOT_APPLICABLE',
  ],
  ['a deleted instance', withMember(running, 'configurationItemStatus', 'ResourceDeleted'), 'NOT_APPLICABLE'],
  [
    'an item without the state of the instance',
    withoutMember(running, 'configuration.state'),
    'NON_COMPLIANT',
    [STATE],
  ],
  ['no monitoring', withoutMember(running, 'configuration.monitoring'), 'INSUFFICIENT_DATA'],
  ['monitoring of null', withMember(running, 'configuration.monitoring', null), 'INSUFFICIENT_DATA'],
  ['monitoring as text', withMember(running, 'configuration.monitoring', 'enabled'), 'INSUFFICIENT_DATA'],
];

test.each(rows)('%s', (_name, item, compliance, because = []) => {
  expect(said(rule, item)).toEqual({ compliance, because });
});
