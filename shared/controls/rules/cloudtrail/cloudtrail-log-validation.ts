import * as z from 'zod/mini';
import { compliantUnless, defineRule, notApplicable } from '../../control';

export default defineRule({
  id: 'cloudtrail-log-validation',
  version: 1,
  title: 'Log file integrity validation is on',
  severity: 'high',
  rationale:
    'Without digest files nobody can show that a log file was not changed or removed after delivery.',
  whatToDo: [
    'Turn log file validation of the trail on again: digests cover only the hours in which it is on.',
    'Find out who turned it off, and what else they did in the hours without digests.',
  ],
  exemptible: false,
  frameworks: {
    cis: { '1.4.0': '3.2', '3.0.0': '3.2', '4.0.0': '3.2', '5.0.0': '3.2', '6.0.0': '4.2', '7.0.0': '4.2' },
    securityHub: ['CloudTrail.4'],
    awsConfig: ['CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED'],
    nist80053r5: ['AU-9', 'SI-4', 'SI-7(1)', 'SI-7(3)', 'SI-7(7)'],
    pciDss4: ['10.3.2', '10.3.3', '10.3.4', 'A1.2.1'],
    soc2: ['CC7.3', 'PI1.3'],
  },
  resourceTypes: ['AWS::CloudTrail::Trail'],
  parameters: z.object({}),
  reads: z.object({
    awsAccountId: z.string(),
    awsRegion: z.string(),
    configuration: z.object({
      logFileValidationEnabled: z.boolean(),
      homeRegion: z.optional(z.nullable(z.string())),
      isOrganizationTrail: z.optional(z.nullable(z.boolean())),
      trailARN: z.optional(z.nullable(z.string())),
    }),
  }),
  judge({ awsAccountId, awsRegion, configuration }) {
    const { logFileValidationEnabled, homeRegion, isOrganizationTrail, trailARN } = configuration;
    // A multi-Region trail shows up in every Region; it can be changed, and is judged, at home only.
    if (homeRegion && homeRegion !== awsRegion) return notApplicable(`the trail is judged in ${homeRegion}`);
    // Members see the trail of their organization too, and can't change it.
    const owner = trailARN?.split(':')[4];
    if (isOrganizationTrail && owner && owner !== awsAccountId) {
      return notApplicable(`the organization's trail is judged in account ${owner}`);
    }
    return compliantUnless(
      logFileValidationEnabled
        ? []
        : [
            {
              says: 'log file validation is off',
              path: 'configuration.logFileValidationEnabled',
              value: false,
              expected: 'true',
            },
          ],
    );
  },
});
