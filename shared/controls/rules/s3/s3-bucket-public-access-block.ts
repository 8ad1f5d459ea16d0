import * as z from 'zod/mini';
import { compliantUnless, defineRule } from '../../control';

const flags = ['blockPublicAcls', 'ignorePublicAcls', 'blockPublicPolicy', 'restrictPublicBuckets'] as const;
const PATH = 'supplementaryConfiguration.PublicAccessBlockConfiguration';

export default defineRule({
  id: 's3-bucket-public-access-block',
  version: 1,
  title: 'Each bucket blocks public access',
  severity: 'high',
  rationale: 'One permissive ACL or policy publishes every object of the bucket; the block overrides both.',
  whatToDo: [
    'Check whether the bucket is meant to be public, as a website is; then serve it through CloudFront, or exempt it.',
    'Turn all four settings of the public access block on again.',
    'Read the server access logs or CloudTrail data events for anonymous reads since the block went away.',
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
    securityHub: ['S3.8'],
    awsConfig: ['S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED'],
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
    pciDss4: ['1.4.4'],
    soc2: [],
  },
  resourceTypes: ['AWS::S3::Bucket'],
  parameters: z.object({}),
  // Config leaves an unset block out; an item without any supplementary configuration says nothing about it.
  reads: z.object({
    supplementaryConfiguration: z.object({
      PublicAccessBlockConfiguration: z.optional(
        z.nullable(
          z.object({
            blockPublicAcls: z.optional(z.nullable(z.boolean())),
            ignorePublicAcls: z.optional(z.nullable(z.boolean())),
            blockPublicPolicy: z.optional(z.nullable(z.boolean())),
            restrictPublicBuckets: z.optional(z.nullable(z.boolean())),
          }),
        ),
      ),
    }),
  }),
  judge({ supplementaryConfiguration: { PublicAccessBlockConfiguration: block } }) {
    if (!block) {
      return compliantUnless([
        {
          says: 'no public access block is set',
          path: PATH,
          value: null,
          expected: 'all four settings true',
        },
      ]);
    }
    return compliantUnless(
      flags
        .filter((flag) => block[flag] !== true)
        .map((flag) => ({
          says: `${flag} is ${block[flag] === false ? 'off' : 'not set'}`,
          path: `${PATH}.${flag}`,
          value: block[flag] ?? null,
          expected: 'true',
        })),
    );
  },
});
