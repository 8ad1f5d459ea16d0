import * as z from 'zod/mini';
import { compliantUnless, defineRule } from '../../control';

const PATH = 'supplementaryConfiguration.ServerSideEncryptionConfiguration';

export default defineRule({
  id: 's3-bucket-default-encryption',
  version: 1,
  title: 'Buckets have default encryption',
  severity: 'low',
  rationale:
    'Without a default, objects of clients that ask for no encryption lie in the clear for whoever gets at the storage.',
  whatToDo: [
    'Set default encryption of the bucket: SSE-S3 (AES256) changes nothing for its clients.',
    'Take SSE-KMS instead where reading must also need the right to a key.',
    'Copy the objects that are older than the default onto themselves: it applies to new ones only.',
  ],
  exemptible: true,
  frameworks: {
    cis: { '1.4.0': '2.1.1' },
    securityHub: ['S3.4'],
    awsConfig: ['S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED'],
    nist80053r5: [
      'AU-9',
      'AU-9(2)',
      'AU-9(7)',
      'CA-9(1)',
      'CM-3(6)',
      'SC-13',
      'SC-28',
      'SC-28(1)',
      'SC-7(10)',
      'SI-7(6)',
    ],
    pciDss4: ['3.5.1', '8.3.2'],
    soc2: ['PI1.4'],
  },
  resourceTypes: ['AWS::S3::Bucket'],
  parameters: z.object({}),
  // S3 encrypts every bucket since January 2023; before, Config left out what was not set.
  reads: z.object({
    supplementaryConfiguration: z.object({
      ServerSideEncryptionConfiguration: z.optional(
        z.nullable(
          z.object({
            rules: z.optional(
              z.nullable(
                z.array(
                  z.object({
                    applyServerSideEncryptionByDefault: z.optional(
                      z.nullable(z.object({ sseAlgorithm: z.optional(z.nullable(z.string())) })),
                    ),
                  }),
                ),
              ),
            ),
          }),
        ),
      ),
    }),
  }),
  judge({ supplementaryConfiguration: { ServerSideEncryptionConfiguration: encryption } }) {
    const [rule] = encryption?.rules ?? [];
    if (rule?.applyServerSideEncryptionByDefault?.sseAlgorithm) return compliantUnless([]);
    return compliantUnless([
      {
        says: rule ? 'the encryption rule names no algorithm' : 'no default encryption is set',
        path: rule ? `${PATH}.rules[0].applyServerSideEncryptionByDefault.sseAlgorithm` : PATH,
        value: null,
        expected: 'AES256, aws:kms or aws:kms:dsse',
      },
    ]);
  },
});
