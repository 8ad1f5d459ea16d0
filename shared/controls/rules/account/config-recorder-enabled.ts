import * as z from 'zod/mini';
import { SNAPSHOT_PATH } from '../../../contracts/aws/account-snapshot';
import type { Json } from '../../../contracts/aws/configuration-item';
import { compliantUnless, defineRule, type Reason } from '../../control';

const text = z.nullable(z.string());

const Recorder = z.object({
  roleARN: text,
  allSupported: z.boolean(),
  includeGlobalResourceTypes: z.boolean(),
  useOnly: text,
  excluded: z.array(z.string()),
  recording: z.boolean(),
  lastStatus: text,
});
type Recorder = z.infer<typeof Recorder>;

interface Parameters {
  readonly globalRegion: string;
  readonly allowedExclusions: readonly string[];
  readonly requireServiceLinkedRole: boolean;
}

const serviceLinkedRole =
  /^arn:[a-z-]+:iam::\d{12}:role\/aws-service-role\/config\.amazonaws\.com\/AWSServiceRoleForConfig$/;

/** An account has one recorder of its own in a Region. */
const reason = (says: string, field: keyof Recorder, value: Json, expected: string): Reason => ({
  says,
  path: `${SNAPSHOT_PATH}.recorders[0].${field}`,
  value,
  expected,
});

/** All, all but what may be left out, or too little. */
function scopeReasons({ allSupported, useOnly, excluded }: Recorder, allowed: readonly string[]): Reason[] {
  if (allSupported) return [];
  if (useOnly !== 'EXCLUSION_BY_RESOURCE_TYPES')
    return [reason('it records some resource types only', 'allSupported', false, 'true')];
  return excluded
    .filter((type) => !allowed.includes(type))
    .map((type) =>
      reason(`it leaves out ${type}`, 'excluded', excluded, 'those of allowedExclusions at most'),
    );
}

export default defineRule({
  id: 'config-recorder-enabled',
  version: 1,
  title: 'AWS Config records all supported resource types, global ones included',
  severity: 'high',
  rationale:
    'What AWS Config does not record is judged by no rule: whoever wants to change something unseen stops it first.',
  whatToDo: [
    'Start the recorder again, and find out who stopped it.',
    'Let it record all supported resource types, and the global ones in one Region.',
    'Where it fails, look at its role and at the bucket of its delivery channel.',
    'Where there is none, set AWS Config up in the Region: with its service-linked role, a bucket and a recorder.',
  ],
  exemptible: false,
  frameworks: {
    cis: { '1.4.0': '3.5', '3.0.0': '3.3', '4.0.0': '3.3', '5.0.0': '3.3', '6.0.0': '4.3', '7.0.0': '4.3' },
    securityHub: ['Config.1'],
    awsConfig: [],
    nist80053r5: ['CM-3', 'CM-6(1)', 'CM-8', 'CM-8(2)'],
    pciDss4: [],
    soc2: ['CC2.1', 'CC3.1', 'CC3.4', 'CC8.1', 'PI1.3'],
  },
  resourceTypes: ['AWS::::Account'],
  ofSnapshots: true,
  parameters: z.object({
    globalRegion: z._default(
      z
        .string()
        .check(
          z.regex(/^(self|[a-z]{2,4}(-[a-z]+)+-\d{1,2})$/),
          z.describe('The one Region whose recorder has to record global types such as those of IAM.'),
        ),
      'self',
    ),
    allowedExclusions: z._default(
      z.array(z.string()).check(z.describe('Resource types that a recorder may leave out.')),
      [],
    ),
    requireServiceLinkedRole: z._default(
      z.boolean().check(z.describe('Whether the recorder has to use the service-linked role of AWS Config.')),
      true,
    ),
  }),
  reads: z.object({
    awsRegion: z.string(),
    supplementaryConfiguration: z.object({ Snapshot: z.object({ recorders: z.array(Recorder) }) }),
  }),
  judge({ awsRegion, supplementaryConfiguration }, parameters: Parameters) {
    const [recorder] = supplementaryConfiguration.Snapshot.recorders;
    if (recorder === undefined)
      return compliantUnless([
        {
          says: 'AWS Config has no recorder in the Region',
          path: `${SNAPSHOT_PATH}.recorders`,
          value: [],
          expected: 'one that is recording',
        },
      ]);
    const { recording, lastStatus, includeGlobalResourceTypes, roleARN } = recorder;
    const { globalRegion, allowedExclusions, requireServiceLinkedRole } = parameters;
    return compliantUnless([
      ...(recording ? [] : [reason('the recorder is stopped', 'recording', false, 'true')]),
      ...(lastStatus === 'FAILURE'
        ? [reason('the recorder failed the last time', 'lastStatus', lastStatus, 'SUCCESS')]
        : []),
      ...scopeReasons(recorder, allowedExclusions),
      ...(awsRegion === globalRegion && !includesGlobal(recorder)
        ? [
            reason(
              'it does not record global resource types',
              'includeGlobalResourceTypes',
              includeGlobalResourceTypes,
              'true',
            ),
          ]
        : []),
      ...(requireServiceLinkedRole && !serviceLinkedRole.test(roleARN ?? '')
        ? [
            reason(
              'it has not the service-linked role of AWS Config',
              'roleARN',
              roleARN,
              'AWSServiceRoleForConfig',
            ),
          ]
        : []),
    ]);
  },
});

/** One that excludes by type records global types unless they are among those; the switch is not for it. */
const includesGlobal = ({ includeGlobalResourceTypes, useOnly }: Recorder): boolean =>
  includeGlobalResourceTypes || useOnly === 'EXCLUSION_BY_RESOURCE_TYPES';
