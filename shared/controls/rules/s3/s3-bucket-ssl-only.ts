import * as z from 'zod/mini';
import { compliant, compliantUnless, defineRule, insufficientData } from '../../control';
import { deniedWithoutTls } from '../../policies/plain-http';
import { readPolicy } from '../../policies/policy-document';

const PATH = 'supplementaryConfiguration.BucketPolicy.policyText';
const EXPECTED = 'Deny for "*" of s3:* on the bucket and its objects when aws:SecureTransport is false';

export default defineRule({
  id: 's3-bucket-ssl-only',
  version: 1,
  title: 'Bucket policies refuse plain HTTP',
  severity: 'medium',
  rationale:
    'S3 answers plain HTTP too: whoever sits between can read the objects, and change what clients upload.',
  whatToDo: [
    'Find clients that still call by http:// in the server access logs: their cipher suite is "-".',
    'Add a Deny statement for everyone on s3:*, for the bucket and its objects, with aws:SecureTransport "false".',
    'Leave the other statements as they are; an Allow that asks for TLS does not stop callers with rights of their own.',
  ],
  exemptible: true,
  frameworks: {
    cis: {
      '1.4.0': '2.1.2',
      '3.0.0': '2.1.1',
      '4.0.0': '2.1.1',
      '5.0.0': '2.1.1',
      '6.0.0': '3.1.1',
      '7.0.0': '3.1.1',
    },
    securityHub: ['S3.5'],
    awsConfig: ['S3_BUCKET_SSL_REQUESTS_ONLY'],
    nist80053r5: [
      'AC-17(2)',
      'AC-4',
      'IA-5(1)',
      'SC-12(3)',
      'SC-13',
      'SC-23',
      'SC-23(3)',
      'SC-7(4)',
      'SC-8',
      'SC-8(1)',
      'SC-8(2)',
      'SI-7(6)',
    ],
    pciDss4: ['1.2.5', '2.2.5', '2.2.7', '4.2.1', '4.2.1.1', '8.3.2'],
    soc2: [],
  },
  resourceTypes: ['AWS::S3::Bucket'],
  parameters: z.object({}),
  // Config reports a bucket without a policy as one whose text is null.
  reads: z.object({
    ARN: z.string().check(z.regex(/^arn:[a-z-]+:s3:::[^/*?]+$/)),
    supplementaryConfiguration: z.object({
      BucketPolicy: z.object({ policyText: z.nullable(z.unknown()) }),
    }),
  }),
  judge({ ARN, supplementaryConfiguration }) {
    const { policyText } = supplementaryConfiguration.BucketPolicy;
    if (policyText === null || policyText === '') {
      return compliantUnless([
        { says: 'no bucket policy refuses plain HTTP', path: PATH, value: null, expected: EXPECTED },
      ]);
    }
    const policy = readPolicy(policyText);
    if (!policy) return insufficientData('the bucket policy is no policy that can be read');
    const denied = deniedWithoutTls(policy.statements, ARN);
    if (denied.bucket && denied.objects) return compliant;
    if (policy.unread > 0) return insufficientData('a statement of the bucket policy cannot be read');
    const open = [...(denied.bucket ? [] : ['the bucket']), ...(denied.objects ? [] : ['its objects'])];
    return compliantUnless([
      {
        says: `the bucket policy lets plain HTTP through to ${open.join(' and ')}`,
        path: PATH,
        value: typeof policyText === 'string' ? policyText : JSON.stringify(policyText),
        expected: EXPECTED,
      },
    ]);
  },
});
