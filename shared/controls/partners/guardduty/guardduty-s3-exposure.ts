import * as z from 'zod/mini';
import {
  bucketOf,
  GUARDDUTY_QUIET_HOURS,
  guardDutyEvents,
  mapGuardDuty,
  severityOf,
  threatFrameworks,
} from '../guardduty-finding';
import { definePartner } from '../partner';
import { accountResource } from '../resource';

const TYPES = ['Policy:S3/', 'Exfiltration:S3/', 'Impact:S3/', 'Stealth:S3/'] as const;

/** Policy:S3/BucketAnonymousAccessGranted, Policy:S3/BucketPublicAccessGranted: everybody has access, since now. */
const opensToThePublic = /^Policy:S3\/Bucket(Anonymous|Public)AccessGranted$/;

export default definePartner({
  id: 'guardduty-s3-exposure',
  version: 1,
  title: 'GuardDuty reports no bucket that was exposed or emptied',
  severity: 'critical',
  rationale:
    'A bucket that was opened to the public, whose logging was stopped, or from which data is taken in unusual ways is losing its content now.',
  whatToDo: [
    'If access was granted to the public or the block of public access was lifted: switch the block on for the bucket, and for the account if nothing has to be public.',
    'If server access logging was stopped: switch it on again with the same target.',
    'If data was taken or destroyed: deactivate the credentials that the finding names, and restore from versions or replicas.',
    'List in CloudTrail what the same principal changed on other buckets; reads of objects show in data events and server access logs only.',
  ],
  exemptible: true,
  frameworks: threatFrameworks,
  resourceTypes: ['AWS::S3::Bucket'],
  listensTo: { ...guardDutyEvents, pattern: { detail: { type: TYPES.map((prefix) => ({ prefix })) } } },
  parameters: z.object({}),
  quietHours: GUARDDUTY_QUIET_HOURS,
  map: (event) =>
    mapGuardDuty(event, {
      isFor: ({ type }) => TYPES.some((prefix) => type.startsWith(prefix)),
      resourceOf: (finding) => bucketOf(finding) ?? accountResource(finding),
      severityOf: (finding) => (opensToThePublic.test(finding.type) ? 'critical' : severityOf(finding)),
    }),
});
