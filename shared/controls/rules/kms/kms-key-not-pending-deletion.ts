import * as z from 'zod/mini';
import { compliantUnless, defineRule, notApplicable } from '../../control';

// A primary key waits for its replicas to go before its own time begins to run.
const pending = ['PendingDeletion', 'PendingReplicaDeletion'];

/** Config writes times of keys as epoch milliseconds. */
function deletedOn(value: number | string | null | undefined): string {
  const date = new Date(value ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? '' : `, on ${date.toISOString().slice(0, 10)}`;
}

export default defineRule({
  id: 'kms-key-not-pending-deletion',
  version: 1,
  title: 'No KMS key awaits deletion',
  severity: 'high',
  rationale: 'Once the key is deleted, whatever it has encrypted is lost for good, backups included.',
  whatToDo: [
    'Ask who scheduled the deletion; if nobody did on purpose, treat their credentials as stolen.',
    'Cancel the deletion before its day, then enable the key: cancelling leaves it disabled.',
    'Look in CloudTrail for Decrypt and GenerateDataKey calls with the key: what still uses it?',
  ],
  exemptible: true,
  frameworks: {
    cis: {},
    securityHub: ['KMS.3'],
    awsConfig: ['KMS_CMK_NOT_SCHEDULED_FOR_DELETION'],
    nist80053r5: ['SC-12', 'SC-12(2)'],
    pciDss4: [
      '3.5.1.1',
      '3.5.1.3',
      '3.6.1',
      '3.6.1.2',
      '3.6.1.3',
      '3.6.1.4',
      '3.7.1',
      '3.7.2',
      '3.7.4',
      '3.7.6',
      '3.7.7',
      '4.2.1.1',
    ],
    soc2: [],
  },
  resourceTypes: ['AWS::KMS::Key'],
  parameters: z.object({}),
  reads: z.object({
    configuration: z.object({
      keyState: z.string(),
      keyManager: z.optional(z.nullable(z.string())),
      deletionDate: z.optional(z.nullable(z.union([z.string(), z.number()]))),
    }),
  }),
  judge({ configuration: { keyState, keyManager, deletionDate } }) {
    if (keyManager === 'AWS') return notApplicable('AWS manages the key: nobody can delete it');
    return compliantUnless(
      pending.includes(keyState)
        ? [
            {
              says: `the key is to be deleted${deletedOn(deletionDate)}`,
              path: 'configuration.keyState',
              value: keyState,
              expected: 'Enabled or Disabled',
            },
          ]
        : [],
    );
  },
});
