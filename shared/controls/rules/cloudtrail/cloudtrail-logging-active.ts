import * as z from 'zod/mini';
import { SNAPSHOT_PATH } from '../../../contracts/aws/account-snapshot';
import { compliantUnless, defineRule, notApplicable, type Reason } from '../../control';

const HOUR_MS = 3_600_000;

const text = z.nullable(z.string());
const errors = [
  ['latestDeliveryError', 'delivering log files to the bucket failed'],
  ['latestDigestDeliveryError', 'delivering digests to the bucket failed'],
  ['latestNotificationError', 'announcing log files to the topic failed'],
  ['latestCloudWatchLogsDeliveryError', 'delivering to CloudWatch Logs failed'],
] as const;

const Trail = z.object({
  trailARN: z.string(),
  isLogging: z.boolean(),
  latestDeliveryError: text,
  latestDigestDeliveryError: text,
  latestNotificationError: text,
  latestCloudWatchLogsDeliveryError: text,
  latestDeliveryTime: text,
  startLoggingTime: text,
});

/** What was seen from one Region: how many trails there are, at home anywhere. */
const Region = z.object({ trails: z.int().check(z.minimum(0)) });

export default defineRule({
  id: 'cloudtrail-logging-active',
  version: 1,
  title: 'Every trail is logging and delivering without errors',
  severity: 'critical',
  rationale:
    'What happens while no trail logs stands in no signed file: nobody can show afterwards who did it.',
  whatToDo: [
    'Start the logging of the trail again, in its home Region, and find out who stopped it.',
    'Where the delivery fails, mend what it names: the policy of the bucket or topic, the key, the role.',
    'Where there is no trail, create one for all Regions with log file validation.',
    'Look at the event history of CloudTrail for what was done meanwhile: it keeps 90 days without any trail.',
  ],
  exemptible: false,
  frameworks: {
    cis: {},
    securityHub: ['CloudTrail.3'],
    awsConfig: ['CLOUD_TRAIL_ENABLED'],
    nist80053r5: [
      'AC-2(4)',
      'AC-3(1)',
      'AC-3(10)',
      'AC-4(26)',
      'AC-6(9)',
      'AU-12(1)',
      'AU-12(2)',
      'AU-12(3)',
      'AU-12(4)',
      'AU-12(a)',
      'AU-12(c)',
      'AU-14(3)',
      'AU-14(a)',
      'AU-14(b)',
      'AU-2(b)',
      'AU-3(1)',
      'AU-3(a)',
      'AU-3(b)',
      'AU-3(c)',
      'AU-3(d)',
      'AU-3(e)',
      'AU-3(f)',
      'AU-6(3)',
      'AU-6(4)',
      'AU-6(6)',
      'AU-6(9)',
      'AU-8(b)',
      'CA-7(b)',
      'CM-5(1)(b)',
      'CM-6(a)',
      'CM-9(b)',
      'IA-3(3)(b)',
      'MA-4(1)(a)',
      'PM-14(a)(1)',
      'PM-14(b)',
      'SC-7(9)(b)',
      'SI-1(1)(c)',
      'SI-10(1)(c)',
      'SI-3(8)(b)',
      'SI-4(17)',
      'SI-4(2)',
      'SI-4(20)',
      'SI-7(8)',
    ],
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
    soc2: ['A1.2', 'CC2.1', 'CC7.2', 'PI1.3'],
  },
  resourceTypes: ['AWS::CloudTrail::Trail', 'AWS::::Account'],
  ofSnapshots: true,
  parameters: z.object({
    maxSilenceHours: z._default(
      z
        .int()
        .check(
          z.minimum(1),
          z.describe(
            'For how long a trail may deliver no log file. CloudTrail delivers where anything happens.',
          ),
        ),
      24,
    ),
  }),
  reads: z.object({
    awsAccountId: z.string(),
    configurationItemCaptureTime: z.string(),
    supplementaryConfiguration: z.object({ Snapshot: z.union([Trail, Region]) }),
  }),
  judge({ awsAccountId, configurationItemCaptureTime, supplementaryConfiguration }, { maxSilenceHours }) {
    const { Snapshot: seen } = supplementaryConfiguration;
    if ('trails' in seen) {
      return compliantUnless(
        seen.trails > 0
          ? []
          : [
              {
                says: 'no trail covers the Region',
                path: `${SNAPSHOT_PATH}.trails`,
                value: 0,
                expected: 'at least 1',
              },
            ],
      );
    }
    // Members see the trail of their organization too, and can't start it.
    const owner = seen.trailARN.split(':')[4];
    if (owner !== awsAccountId) return notApplicable(`the trail is judged in account ${owner}`);
    return compliantUnless([
      ...(seen.isLogging
        ? silence(seen, configurationItemCaptureTime, maxSilenceHours)
        : [
            {
              says: 'the trail is not logging',
              path: `${SNAPSHOT_PATH}.isLogging`,
              value: false,
              expected: 'true',
            },
          ]),
      ...errors
        .filter(([field]) => seen[field])
        .map(([field, says]) => ({
          says,
          path: `${SNAPSHOT_PATH}.${field}`,
          value: seen[field],
          expected: 'no error',
        })),
    ]);
  },
});

/** Since it last delivered, or since it was started, if it hasn't yet. Says nothing of a trail that tells neither. */
function silence(
  { latestDeliveryTime, startLoggingTime }: z.infer<typeof Trail>,
  at: string,
  maxHours: number,
): Reason[] {
  const last = Math.max(...[latestDeliveryTime, startLoggingTime].map((time) => Date.parse(time ?? '') || 0));
  if (last === 0 || Date.parse(at) - last <= maxHours * HOUR_MS) return [];
  return [
    {
      says: `the trail has delivered no log file for more than ${maxHours} h`,
      path: `${SNAPSHOT_PATH}.latestDeliveryTime`,
      value: latestDeliveryTime,
      expected: `at most ${maxHours} h ago`,
    },
  ];
}
