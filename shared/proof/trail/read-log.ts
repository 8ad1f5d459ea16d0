import type { DigestLogFile } from '../../contracts/aws/cloudtrail-digest';
import { BodyUnread, type Fetched, type ObjectSource } from './source';
import type { Place } from './verdict';
import { type Hashing, type LogReport, verifyLog, verifyLogStream } from './verify-log';

/** Up to this many stored bytes a log file is verified in one piece, which is faster; a larger one as it comes. */
const IN_ONE_PIECE = 1024 * 1024;

/** Reads a log file once, and verifies it. */
export async function readLog(
  source: ObjectSource,
  listed: DigestLogFile,
  digest: Place,
  hash?: Hashing,
): Promise<LogReport> {
  try {
    const fetched = await source.stream({ bucket: listed.s3Bucket, key: listed.s3Object });
    return fetched.state === 'found' && fetched.size !== undefined && fetched.size <= IN_ONE_PIECE
      ? await verifyLog(listed, await whole(fetched), digest, hash)
      : await verifyLogStream(listed, fetched, digest);
  } catch (error) {
    if (!(error instanceof BodyUnread)) throw error;
    return await verifyLog(listed, { state: 'unread', reason: error.reason, detail: error.message }, digest);
  }
}

async function whole(
  fetched: Extract<Fetched<AsyncIterable<Buffer>>, { state: 'found' }>,
): Promise<Fetched<Buffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of fetched.body) chunks.push(chunk);
  return { ...fetched, body: Buffer.concat(chunks) };
}
