import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isBucketName } from '../../shared/aws/s3-address';
import type { Start } from '../../shared/proof/trail/discovery';
import type { ObjectSource } from '../../shared/proof/trail/source';
import { Failure } from '../failure';
import { fileErrorText } from '../input/files';
import { folderSource } from './folder-source';

/** Files to verify, as the command line names them. */
export interface NamedSource {
  /** `s3`, or the folder's path: buckets of S3 are one source, as a chain may have moved from one to another. */
  readonly name: string;
  readonly isBucket: boolean;
  readonly starts: readonly Start[];
  open(): Promise<ObjectSource>;
}

const S3 = /^s3:\/\/(?<bucket>[^/]+)(?:\/(?<prefix>.*))?$/;

/**
 * What the arguments name: all buckets together, and each folder by itself.
 * @param s3 opens S3, when it is needed
 * @throws Failure for what is neither
 */
export async function namedSources(
  names: readonly string[],
  folder: string,
  s3: () => Promise<ObjectSource>,
): Promise<NamedSource[]> {
  const starts = names.flatMap((name) => startIn(name) ?? []);
  const folders = names.filter((name) => startIn(name) === undefined);
  return [
    ...(starts.length === 0 ? [] : [{ name: 's3', isBucket: true, starts, open: s3 }]),
    ...(await Promise.all(folders.map((name) => folderNamed(name, path.resolve(folder, name))))),
  ];
}

function startIn(name: string): Start | undefined {
  if (!name.startsWith('s3:')) return undefined;
  const { bucket, prefix = '' } = S3.exec(name)?.groups ?? {};
  if (bucket === undefined || !isBucketName(bucket)) {
    throw new Failure(`${name}: expected s3://bucket or s3://bucket/prefix`);
  }
  return { bucket, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` };
}

async function folderNamed(name: string, location: string): Promise<NamedSource> {
  const layout = 'In a folder, files are at FOLDER/BUCKET/KEY: BUCKET/AWSLogs/ACCOUNT/CloudTrail-Digest/…';
  try {
    if (!statSync(location).isDirectory()) throw new Failure(`${name}: expected a folder`, [layout]);
    if (existsSync(path.join(location, 'AWSLogs'))) {
      throw new Failure(`${name}: AWSLogs is right in it, so it is what is in a bucket`, [
        'A digest states its bucket: name the folder as the bucket is named, and give the one that it is in.',
        layout,
      ]);
    }
    const entries = await readdir(location, { withFileTypes: true });
    const buckets = entries
      .filter((entry) => !entry.name.startsWith('.') && !entry.isFile())
      .map((entry) => entry.name)
      .sort();
    return {
      name,
      isBucket: false,
      starts: buckets.map((bucket) => ({ bucket, prefix: '' })),
      open: async () => folderSource(location),
    };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${name}: ${fileErrorText(error)}`);
  }
}
