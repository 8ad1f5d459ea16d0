import { createHash } from 'node:crypto';
import type { PublicKeyRecord } from '../../shared/proof/trail/public-keys';
import type { CallEvidence, Gathered } from './gather';
import type { EvidenceFile } from './proven-file';
import { runFiles } from './runs';

/** A file of the folder, by its path in it. */
export interface BundleFile {
  readonly path: string;
  readonly content: Buffer | string;
}

export const KEYS_FILE = 'public-keys.json';
export const SUMS_FILE = 'SHA256SUMS';

/** Where a copy of a trail's file is, so that `trailseal verify FOLDER/trail` finds it. */
export const trailPath = ({ bucket, key }: Pick<EvidenceFile, 'bucket' | 'key'>): string =>
  `trail/${bucket}/${key}`;

export const eventPath = ({ call }: CallEvidence): string => `events/${call.eventID}.json`;

/** Items are named by their number: their times and ids are not ours. */
export const itemPath = (index: number): string => `items/${String(index + 1).padStart(2, '0')}.json`;

/**
 * All files of the folder but README.md and SHA256SUMS.
 * @param finding as it is stored
 */
export function bundleFiles(finding: unknown, { calls, items, runs }: Gathered): BundleFile[] {
  const files = new Map<string, string | Buffer>([['finding.json', json(finding)]]);
  for (const [index, item] of items.entries()) files.set(itemPath(index), json(item));
  for (const evidence of calls) {
    if (evidence.event !== undefined) files.set(eventPath(evidence), json(evidence.event));
    for (const file of [evidence.log, evidence.digest]) if (file) files.set(trailPath(file), file.body);
    const { digest } = evidence;
    if (digest) files.set(`${trailPath(digest)}.metadata.json`, json(digest.metadata));
  }
  const keys = keyRecords(calls);
  if (keys.length > 0) files.set(KEYS_FILE, json({ PublicKeyList: keys }));
  return [...[...files].map(([path, content]) => ({ path, content })), ...runFiles(runs)];
}

/** Those that signed one of the digests, each once for each of its windows. */
function keyRecords(calls: readonly CallEvidence[]): PublicKeyRecord[] {
  const records = calls.flatMap(({ key }) => key?.records ?? []).map((record) => JSON.stringify(record));
  return [...new Set(records)].map((record) => JSON.parse(record) as PublicKeyRecord);
}

/** As `sha256sum` prints it for these files. */
export const sums = (files: readonly BundleFile[]): string =>
  files
    .map(({ path, content }) => `${createHash('sha256').update(content).digest('hex')}  ${path}\n`)
    .join('');

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
