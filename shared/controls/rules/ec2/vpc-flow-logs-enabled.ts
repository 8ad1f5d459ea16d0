import * as z from 'zod/mini';
import { SNAPSHOT_PATH } from '../../../contracts/aws/account-snapshot';
import { compliantUnless, defineRule, notApplicable } from '../../control';

const text = z.nullable(z.string());

export default defineRule({
  id: 'vpc-flow-logs-enabled',
  version: 1,
  title: 'Every VPC has an active flow log',
  severity: 'medium',
  rationale:
    'Without a record of its traffic nobody can tell afterwards what an intruder reached from the VPC.',
  whatToDo: [
    'Create a flow log for the whole VPC, of all traffic or of what is rejected, to a bucket or a log group.',
    'Delete VPCs that nobody uses, the default ones of unused Regions first.',
  ],
  exemptible: true,
  frameworks: {
    cis: { '1.4.0': '3.9', '3.0.0': '3.7', '4.0.0': '3.7', '5.0.0': '3.7', '6.0.0': '4.7', '7.0.0': '4.7' },
    securityHub: ['EC2.6'],
    awsConfig: ['VPC_FLOW_LOGS_ENABLED'],
    nist80053r5: ['AC-4(26)', 'AU-12', 'AU-2', 'AU-3', 'AU-6(3)', 'AU-6(4)', 'CA-7', 'SI-7(8)'],
    pciDss4: [
      '10.2.1',
      '10.2.1.1',
      '10.2.1.2',
      '10.2.1.3',
      '10.2.1.4',
      '10.2.1.5',
      '10.2.1.6',
      '10.2.1.7',
      '10.2.2',
      '10.3.1',
      '10.6.3',
      '5.3.4',
      'A1.2.1',
    ],
    soc2: ['CC7.2', 'CC7.3'],
  },
  resourceTypes: ['AWS::EC2::VPC'],
  ofSnapshots: true,
  parameters: z.object({
    trafficTypes: z._default(
      z
        .array(z.enum(['ALL', 'REJECT', 'ACCEPT']))
        .check(z.minLength(1), z.describe('The types of traffic of which a flow log of one will do.')),
      ['ALL', 'REJECT'],
    ),
  }),
  reads: z.object({
    awsAccountId: z.string(),
    supplementaryConfiguration: z.object({
      Snapshot: z.object({
        ownerId: text,
        flowLogs: z.array(z.object({ flowLogId: text, flowLogStatus: text, trafficType: text })),
      }),
    }),
  }),
  judge({ awsAccountId, supplementaryConfiguration }, { trafficTypes }) {
    const { ownerId, flowLogs } = supplementaryConfiguration.Snapshot;
    // Whom a VPC is shared with sees it too, and can't have its traffic recorded.
    if (ownerId !== null && ownerId !== awsAccountId)
      return notApplicable(`the VPC is judged in account ${ownerId}`);
    const wanted: readonly (string | null)[] = trafficTypes;
    const isEnough = flowLogs.some(
      ({ flowLogStatus, trafficType }) => flowLogStatus === 'ACTIVE' && wanted.includes(trafficType),
    );
    return compliantUnless(
      isEnough
        ? []
        : [
            {
              says: `the VPC has no active flow log of ${trafficTypes.join(' or ')} traffic`,
              path: `${SNAPSHOT_PATH}.flowLogs`,
              value: flowLogs,
              expected: `an active one of ${trafficTypes.join(' or ')}`,
            },
          ],
    );
  },
});
