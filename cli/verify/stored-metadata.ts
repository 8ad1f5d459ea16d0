import * as z from 'zod/mini';
import { parseAs, parseJson } from '../../shared/contracts/parse';

const UserMetadata = z.record(z.string(), z.string());
/** What `aws s3api head-object` prints. */
const HeadObject = z.object({ Metadata: UserMetadata });

const PREFIX = 'x-amz-meta-';

/**
 * The user metadata of an object, from a file beside its copy: `{"signature":"…","signature-algorithm":"…"}`, or what
 * `aws s3api head-object` prints about it.
 * @throws InvalidInput naming the file
 */
export function storedMetadata(file: string, text: string): Readonly<Record<string, string>> {
  const value = parseJson(file, text);
  const isHead = typeof value === 'object' && value !== null && 'Metadata' in value;
  const metadata = isHead ? parseAs(HeadObject, file, value).Metadata : parseAs(UserMetadata, file, value);
  return Object.fromEntries(
    Object.entries(metadata).map(([name, content]) => [plainName(name.toLowerCase()), content]),
  );
}

const plainName = (name: string): string => (name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name);
