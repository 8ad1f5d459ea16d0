import * as z from 'zod/mini';
import { parseAlarmStateChange } from '../../../contracts/aws/partners/alarm-state-change';
import { definePartner, ignored } from '../partner';

const states = { ALARM: 'open', OK: 'closed', INSUFFICIENT_DATA: 'undetermined' } as const;

export default definePartner({
  id: 'cloudwatch-alarm-state',
  version: 1,
  title: 'None of the chosen CloudWatch alarms is in the ALARM state',
  severity: 'medium',
  rationale:
    'Alarms on metric filters and on budgets of calls are often the only watch over what no event tells, and an alarm without a reader is none.',
  whatToDo: [
    'Open the alarm in the CloudWatch console of its Region, and read its reason and the graph of its metric.',
    'Follow the log group or the metric to what happened at that time.',
    'Change the threshold, or leave the alarm out of the chosen ones, if it tells what everybody knows.',
  ],
  exemptible: true,
  frameworks: { cis: {}, securityHub: [], awsConfig: [], nist80053r5: ['SI-4'], pciDss4: [], soc2: [] },
  resourceTypes: ['AWS::CloudWatch::Alarm'],
  listensTo: { source: 'aws.cloudwatch', detailTypes: ['CloudWatch Alarm State Change'] },
  parameters: z.object({
    alarms: z._default(
      z
        .array(z.string().check(z.minLength(1)))
        .check(z.describe('The alarms that count, by the beginning of their names. None: no alarm counts.')),
      [],
    ),
  }),
  map: (event, { alarms }) => {
    const { alarmName, state, configuration } = parseAlarmStateChange(event);
    if (!alarms.some((prefix) => alarmName.startsWith(prefix))) return ignored('not-chosen');
    const [partition = 'aws'] = /(?<=^arn:)[^:]+/.exec(event.resources[0] ?? '') ?? [];
    const arn = `arn:${partition}:cloudwatch:${event.region}:${event.account}:alarm:${alarmName}`;
    return {
      state: states[state.value],
      resource: {
        accountId: event.account,
        region: event.region,
        resourceType: 'AWS::CloudWatch::Alarm',
        resourceId: alarmName,
        arn,
        name: alarmName,
      },
      severity: 'medium',
      says: `CloudWatch alarm ${alarmName} is in the state ${state.value}`,
      because:
        state.value === 'ALARM'
          ? [
              {
                says: `alarm ${alarmName} went off`,
                path: 'detail.state.reason',
                value: state.reason ?? configuration?.description ?? null,
                expected: 'OK',
              },
            ]
          : [],
      observedAt: state.timestamp,
      partnerId: arn,
    };
  },
});
