import { compliantUnless } from '../../control';
import { reasonsOf } from '../problem';
import { defineVerification } from '../verification';

export default defineVerification({
  id: 'cloudtrail-digest-chain',
  version: 1,
  title: 'The digests of a trail form one signed chain without a gap',
  severity: 'critical',
  rationale:
    'Each hour CloudTrail signs a digest of the log files that it delivered and of the digest before. Where a digest is missing, altered or begins anew, nobody can show what happened in its hours, and whoever broke the chain may have done so to hide it.',
  whatToDo: [
    'Touch no object in the log bucket: put nothing back, delete nothing, and suspend lifecycle rules that would expire what is left.',
    'Preserve the evidence: copy the digests and log files of these hours, all versions of them, to a bucket in an account that the suspects cannot reach.',
    'Verify the bucket by hand from a machine you trust: trailseal verify s3://BUCKET --start FROM --end TO names each file with what it is and what it should be.',
    'Find out whether the trail itself was stopped, deleted or changed: look for StopLogging, DeleteTrail, UpdateTrail and PutEventSelectors in the event history of its home Region.',
    'Find out who can change the bucket: every principal with s3:PutObject, s3:DeleteObject, s3:PutBucketPolicy or s3:PutLifecycleConfiguration there, and what they did in these hours by S3 data events or server access logs.',
    'Look for an intact copy: earlier versions of the object, a replica bucket, a backup, the trail of the organization, CloudTrail Lake, a log collector.',
    'If CloudTrail itself delivered nothing or a wrong file, open a case with AWS Support and name the trail, the Region and the hours.',
    'Start logging and validation again if they are off: a new chain begins then, and the gap before it stays on record.',
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
    'The digests of each account, Region and trail: their signatures by the public keys of CloudTrail, the places that they state, the hash and signature of the digest before, and that their hours follow one another.',
  judge: (problems) => compliantUnless(reasonsOf(problems, 'an unbroken chain of signed digests')),
});
