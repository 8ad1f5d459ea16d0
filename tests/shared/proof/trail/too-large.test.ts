import { readDigestJson } from '../../../../local/trails/digest-object';
import { makeTrail } from '../../../../local/trails/make-trail';
import { parseDigest } from '../../../../shared/contracts/aws/cloudtrail-digest';
import { publicKeys } from '../../../../shared/proof/trail/public-keys';
import { verifyDigest } from '../../../../shared/proof/trail/verify-digest';
import { verifyLog } from '../../../../shared/proof/trail/verify-log';

const made = makeTrail({ from: '2026-01-31T05:00:00Z', hours: 1 });
const [digest] = made.digests;
if (digest === undefined) throw new Error('no digest');

test('a file that is larger than anything CloudTrail writes is invalid, not unreadable', async () => {
  const fetched = { state: 'too-large', limit: 1000 } as const;
  const keys = publicKeys(made.publicKeys, { from: 'file', where: 'keys.json' });
  const verdict = { status: 'invalid', reason: 'too-large', says: 'it is larger than 1000 bytes' };
  expect(verifyDigest(digest, fetched, { state: 'known', keys })).toMatchObject(verdict);
  const [log] = parseDigest(readDigestJson(made.objects, digest)).logFiles;
  if (log === undefined) throw new Error('no log file');
  expect(await verifyLog(log, fetched, digest)).toMatchObject({ ...verdict, expected: log.hashValue });
});
