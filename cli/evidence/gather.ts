import { parseDigest } from '../../shared/contracts/aws/cloudtrail-digest';
import type { JsonObject } from '../../shared/contracts/aws/configuration-item';
import type { Call, EventProof, Finding, SealedFile } from '../../shared/contracts/trailseal/finding';
import type { CapturedItem } from '../../shared/findings/activity-index';
import type { Witness, WitnessName } from '../../shared/findings/witnesses';
import type { ComparedField } from '../../shared/proof/seal/same-event';
import { DIGEST_LIMIT, inflate } from '../../shared/proof/trail/gzip';
import type { KeysAnswer } from '../../shared/proof/trail/public-keys';
import type { Fetched } from '../../shared/proof/trail/source';
import { type Place, uri } from '../../shared/proof/trail/verdict';
import { callsOf } from '../show/links';
import { ownCallsOf } from '../show/remediation-lines';
import { type SigningKey, signingKeys } from './key-records';
import { isEventId, proofFiles } from './look-ups';
import { type EvidenceFile, fetchProven } from './proven-file';
import type { RunEvidence } from './runs';
import { unequalFields } from './unequal-fields';

/** Where evidence comes from. What fails in between throws. */
export interface EvidenceSources {
  witness(name: WitnessName): Promise<Pick<Witness, 'record'> | undefined>;
  /** The configuration items that the table remembers of what was observed. */
  items(finding: Finding): Promise<readonly CapturedItem[]>;
  /** What was done about it, with the states before and after. */
  runs(finding: Finding): Promise<readonly RunEvidence[]>;
  /** @param limit stored bytes */
  read(place: Place, limit: number): Promise<Fetched<Buffer>>;
  keys(region: string, from: string, to: string): Promise<KeysAnswer>;
}

export interface CallEvidence {
  readonly call: Call;
  /** The record as the event brought it. */
  readonly event?: JsonObject;
  readonly log?: EvidenceFile;
  readonly digest?: EvidenceFile;
  readonly key?: SigningKey;
  /** Fields in which the record in the log file is not plainly equal to the event's: cut, corrected, or others. */
  readonly unequal?: readonly ComparedField[];
}

export interface Gathered {
  readonly calls: readonly CallEvidence[];
  readonly items: readonly CapturedItem[];
  readonly runs: readonly RunEvidence[];
  /** What should be here and could not be had, a sentence each. */
  readonly problems: readonly string[];
}

/** CloudTrail's log files have at most 50 MB. */
const LOG_BYTES = 64 * 2 ** 20;

/** All that a finding rests on, as far as it can be had. */
export async function gather(finding: Finding, sources: EvidenceSources): Promise<Gathered> {
  const problems: string[] = [];
  const calls: CallEvidence[] = [];
  const files = new Map<string, Promise<EvidenceFile | undefined>>();
  const fileOf = (file: SealedFile, limit: number): Promise<EvidenceFile | undefined> => {
    const known = files.get(uri(file)) ?? fetchProven(file, limit, sources, problems);
    files.set(uri(file), known);
    return known;
  };
  for (const call of allCallsOf(finding))
    calls.push(await callEvidence(call, finding, sources, fileOf, problems));
  return { calls, items: await sources.items(finding), runs: await sources.runs(finding), problems };
}

/** Those that did it, and those of our own, which may have ended it: each once. */
function allCallsOf(finding: Finding): Call[] {
  const calls = [...callsOf(finding), ...ownCallsOf(finding)];
  return calls.filter(
    ({ eventID }, index) => calls.findIndex((other) => other.eventID === eventID) === index,
  );
}

async function callEvidence(
  call: Call,
  { accountId: account }: Finding,
  sources: EvidenceSources,
  fileOf: (file: SealedFile, limit: number) => Promise<EvidenceFile | undefined>,
  problems: string[],
): Promise<CallEvidence> {
  const { eventID, eventTime, proof } = call;
  if (!isEventId(eventID)) {
    problems.push("One call has an id that is none of CloudTrail's: nothing of it is here.");
    return { call };
  }
  const record = (await sources.witness({ account, eventTime, eventID }))?.record;
  const event = record !== undefined && Object.keys(record).length > 0 ? record : undefined;
  if (event === undefined && isWaitedFor(proof)) {
    problems.push(`Event ${eventID}: the table does not hold its record as the event brought it.`);
  }
  const known = { call, ...(event === undefined ? {} : { event }) };
  if (proof.log === undefined || proof.digest === undefined) return known;
  const names = proofFiles(proof);
  if (names === undefined) {
    problems.push(`Event ${eventID}: its proof names files that are none of CloudTrail's.`);
    return known;
  }
  const log = await fileOf(names.log, LOG_BYTES);
  const digest = await fileOf(names.digest, DIGEST_LIMIT);
  if (digest !== undefined && digest.metadata['signature'] === undefined) {
    problems.push(`${uri(digest)}: its copy has no metadata, and so no signature.`);
  }
  const key = digest && (await keyOf(digest, names.region, sources, problems));
  const unequal = event && log && unequalFields(call, event, log, names.index, problems);
  return {
    ...known,
    ...(unequal === undefined ? {} : { unequal }),
    ...(log === undefined ? {} : { log }),
    ...(digest === undefined ? {} : { digest }),
    ...(key === undefined ? {} : { key }),
  };
}

/** Only those that somebody looks for are kept. */
const isWaitedFor = ({ state, reason }: EventProof): boolean =>
  !(state === 'missing' && (reason === 'not-watched' || reason === 'not-selected'));

async function keyOf(
  digest: EvidenceFile,
  region: string,
  { keys }: EvidenceSources,
  problems: string[],
): Promise<SigningKey | undefined> {
  const inflated = inflate(digest.body, DIGEST_LIMIT);
  if (inflated.state === 'broken') return undefined;
  const { digestPublicKeyFingerprint: fingerprint, digestEndTime } = parseDigest(
    JSON.parse(inflated.bytes.toString()),
  );
  const signedAt = digest.metadata['backfill-generation-timestamp'] ?? digestEndTime;
  const answer = await keys(region, signedAt, signedAt);
  const found = answer.state === 'known' ? answer.keys.find(fingerprint) : undefined;
  if (found?.state === 'known') return signingKeys(fingerprint, found, region);
  const why = answer.state === 'unread' ? answer.detail : found?.state === 'unusable' ? found.says : '';
  problems.push(`The public key ${fingerprint} of ${uri(digest)} could not be had: ${why}.`);
  return undefined;
}
