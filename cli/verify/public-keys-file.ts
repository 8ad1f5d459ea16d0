import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { parseAs, parseJson } from '../../shared/contracts/parse';
import { PermanentFailure } from '../../shared/contracts/permanent-failure';
import { type KeysAnswer, type PublicKeyRecord, publicKeys } from '../../shared/proof/trail/public-keys';
import { Failure } from '../failure';
import { fileErrorText } from '../input/files';

/** Epoch seconds, as the API itself answers, or ISO 8601, as the AWS CLI prints them. */
const Time = z.union([z.number(), z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}T/))]);

const Key = z.object({
  Fingerprint: z.string(),
  Value: z.string(),
  ValidityStartTime: Time,
  ValidityEndTime: Time,
});
const Keys = z.array(Key);
const Answer = z.object({ PublicKeyList: Keys });
const ByRegion = z.record(z.string(), z.union([Answer, Keys]));

const HOW_TO_MAKE_ONE = [
  'Expected what this prints, or an object that holds it by Region:',
  'aws cloudtrail list-public-keys --region REGION --start-time TIME --end-time TIME',
];

/**
 * Keys by Region from a file: an answer of ListPublicKeys, its bare list, or either by Region.
 * @throws Failure when the file can't be read, or holds something else
 */
export function publicKeysOfFile(name: string, folder: string): (region: string) => KeysAnswer {
  const byRegion = readRecords(name, path.resolve(folder, name));
  const source = { from: 'file', where: name } as const;
  return (region) => {
    const records = Array.isArray(byRegion) ? byRegion : byRegion[region];
    return records === undefined
      ? { state: 'unread', detail: `${name} has no keys of ${region}` }
      : { state: 'known', keys: publicKeys(records, source) };
  };
}

type Records = PublicKeyRecord[] | Readonly<Record<string, PublicKeyRecord[]>>;

function readRecords(name: string, file: string): Records {
  try {
    const value = parseJson(name, textOf(name, file));
    if (Array.isArray(value)) return parseAs(Keys, name, value).map(recordOf);
    if (typeof value === 'object' && value !== null && 'PublicKeyList' in value) {
      return parseAs(Answer, name, value).PublicKeyList.map(recordOf);
    }
    return Object.fromEntries(
      Object.entries(parseAs(ByRegion, name, value)).map(([region, answer]) => [
        region,
        (Array.isArray(answer) ? answer : answer.PublicKeyList).map(recordOf),
      ]),
    );
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    throw new Failure(error.message, HOW_TO_MAKE_ONE);
  }
}

function textOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`${name}: ${fileErrorText(error)}`, HOW_TO_MAKE_ONE);
  }
}

const recordOf = (key: z.infer<typeof Key>): PublicKeyRecord => ({
  Fingerprint: key.Fingerprint,
  Value: key.Value,
  ValidityStartTime: timeOf(key.ValidityStartTime),
  ValidityEndTime: timeOf(key.ValidityEndTime),
});

/** A time that is none is left as it is, for the check of the key's window to refuse. */
function timeOf(time: number | string): string {
  const date = new Date(typeof time === 'number' ? time * 1000 : time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString();
}
