import * as z from 'zod/mini';
import { compliantUnless, defineRule } from '../../control';

const flags = ['blockPublicAcls', 'ignorePublicAcls', 'blockPublicPolicy', 'restrictPublicBuckets'] as const;

const setting = z.optional(z.nullable(z.boolean()));

export default defineRule({
  id: 's3-account-public-access-block',
  version: 1,
  title: 'The account-wide S3 public access block is fully on',
  severity: 'high',
  rationale:
    'The block of the account is what holds when one bucket is created without its own, or loses it by mistake.',
  whatToDo: [
    'List the buckets that are public by intent: the block closes them too. Serve them through CloudFront first.',
    'Turn all four settings of the account on again.',
    'Look through the buckets for ACLs and policies that have let the public in since the block went away.',
  ],
  exemptible: true,
  frameworks: {
    cis: {
      '1.4.0': '2.1.5',
      '3.0.0': '2.1.4',
      '4.0.0': '2.1.4',
      '5.0.0': '2.1.4',
      '6.0.0': '3.1.4',
      '7.0.0': '3.1.4',
    },
    securityHub: ['S3.1'],
    awsConfig: ['S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS', 'S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC'],
    nist80053r5: [
      'AC-21',
      'AC-3',
      'AC-3(7)',
      'AC-4',
      'AC-4(21)',
      'AC-6',
      'SC-7',
      'SC-7(11)',
      'SC-7(16)',
      'SC-7(20)',
      'SC-7(21)',
      'SC-7(3)',
      'SC-7(4)',
      'SC-7(9)',
    ],
    pciDss4: [
      '1.2.8',
      '1.3.1',
      '1.3.2',
      '1.4.2',
      '1.4.4',
      '1.5.1',
      '10.3.2',
      '3.5.1.3',
      'A1.1.2',
      'A1.1.3',
      'A3.4.1',
    ],
    soc2: [],
  },
  resourceTypes: ['AWS::S3::AccountPublicAccessBlock'],
  parameters: z.object({}),
  reads: z.object({
    configuration: z.object({
      blockPublicAcls: setting,
      ignorePublicAcls: setting,
      blockPublicPolicy: setting,
      restrictPublicBuckets: setting,
    }),
  }),
  // Without a setting there is no resource: to remove the block is to delete it.
  whenDeleted: compliantUnless([
    {
      says: 'the public access block of the account was removed',
      path: 'configuration',
      value: null,
      expected: 'all four settings true',
    },
  ]),
  judge: ({ configuration }) =>
    compliantUnless(
      flags
        .filter((flag) => configuration[flag] !== true)
        .map((flag) => ({
          says: `${flag} of the account is ${configuration[flag] === false ? 'off' : 'not set'}`,
          path: `configuration.${flag}`,
          value: configuration[flag] ?? null,
          expected: 'true',
        })),
    ),
});
