import { compliantUnless } from '../../control';
import { reasonsOf } from '../problem';
import { defineVerification } from '../verification';

export default defineVerification({
  id: 'cloudtrail-log-integrity',
  version: 1,
  title: 'Each log file that a proven digest lists is there as CloudTrail delivered it',
  severity: 'critical',
  rationale:
    'A log file that differs from the hash in its signed digest, or is gone, was changed after delivery. Intruders do this to remove their own API calls from the record, so the events of these minutes cannot be relied upon.',
  whatToDo: [
    'Touch no object in the log bucket: put nothing back, delete nothing, and suspend lifecycle rules that would expire what is left.',
    'Preserve the evidence: copy the named files, all versions of them, and the digests that list them to a bucket in an account that the suspects cannot reach.',
    'Verify the bucket by hand from a machine you trust: trailseal verify s3://BUCKET --start FROM --end TO names each file with the hash it has and the hash it should have.',
    'Look for the file with the hash that the digest states: earlier versions of the object, a replica bucket, a backup, a log collector, CloudTrail Lake.',
    'Compare what you find with the altered file: the records that differ are what somebody wanted to hide, or to plant.',
    'Look the same minutes up in the event history of the Region, which keeps management events for 90 days and which nobody can edit.',
    'Find out who can change the bucket: every principal with s3:PutObject or s3:DeleteObject there, and what they did since the delivery by S3 data events or server access logs.',
    'If a file was never delivered although its digest lists it, open a case with AWS Support and name the digest.',
  ],
  exemptible: false,
  frameworks: {
    cis: {},
    securityHub: [],
    awsConfig: [],
    nist80053r5: ['AU-9', 'AU-10', 'SI-7', 'SI-7(1)'],
    pciDss4: ['10.3.2', '10.3.3', '10.3.4', 'A1.2.1'],
    soc2: ['CC7.3', 'PI1.3'],
  },
  resourceTypes: ['AWS::CloudTrail::Trail'],
  verifies:
    'Each log file that a proven digest lists: that it is there, is one whole gzip file, and that the SHA-256 of what it holds is the one that the digest states.',
  judge: (problems) => compliantUnless(reasonsOf(problems, 'the file as its digest states it')),
});
