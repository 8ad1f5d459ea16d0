import type { Call, EventProof } from '../../shared/contracts/trailseal/finding';
import { uri } from '../../shared/proof/trail/verdict';
import { asReported } from '../../shared/tell/alerts/as-reported';
import { hashCheck, recordCheck, signatureCheck } from '../evidence/checks';
import { isEventId, proofLookUp } from '../evidence/look-ups';
import { commandLines, type Line, listed, paragraph } from './page';
import { timeText } from './story';

/** What is known of the record of a call, the files it rests on, and how to fetch them. */
export function proofLines(call: Call): Line[] {
  const { eventName, eventID, proof } = call;
  const fetching = isFetchable(call) ? proofLookUp(call) : [];
  return [
    {
      ...listed(`${asReported(eventName, 100)}, event ${asReported(eventID, 60)}: ${briefly(proof)}`),
      ...(PROOF_COLOURS[proof.state] === undefined ? {} : { colour: PROOF_COLOURS[proof.state] }),
    } as Line,
    ...fileLines(proof),
    ...(fetching.length === 0
      ? []
      : [{ text: 'Fetch the files, the keys and the event:', mark: '  ' }, ...commandLines(fetching)]),
    ...(proof.state === 'pending' && isEventId(eventID)
      ? [{ text: 'Digests come hourly: look again later.', mark: '  ' }]
      : []),
  ];
}

/** Whether the files of its proof can be named in commands. */
export const isFetchable = (call: Call): boolean =>
  call.proof.state === 'proven' && proofLookUp(call).length > 0;

export const PROOF_COLOURS: Readonly<Partial<Record<EventProof['state'], Line['colour']>>> = {
  proven: 'green',
  missing: 'yellow',
  contradicted: 'red',
};

/** What is proven says where, and so do the lines below. */
const briefly = (proof: EventProof): string =>
  proof.state === 'proven' && proof.log !== undefined && proof.at !== undefined
    ? `proven since ${timeText(proof.at)} UTC`
    : proofText(proof);

/** `missing (late): digests …` */
export function proofText({ state, reason, says, differs = [], at }: EventProof): string {
  const because = reason === undefined ? '' : ` (${reason})`;
  const since = at === undefined ? '' : ` since ${timeText(at)} UTC`;
  const fields = differs.length === 0 ? '' : `; other than in the event: ${asReported(differs.join(', '))}`;
  return `${state}${because}${since}: ${asReported(says, 400)}${fields}`;
}

function fileLines({ log, digest, index, key }: EventProof): Line[] {
  const line = (text: string): Line => ({ text, mark: '  ', whole: true });
  return [
    ...(log === undefined
      ? []
      : [line(`log ${uri(log)}${index === undefined ? '' : `, Records[${index}]`}`)]),
    ...(log === undefined ? [] : [line(`its SHA-256 ${log.sha256}`)]),
    ...(digest === undefined ? [] : [line(`digest ${uri(digest)}`), line(`its SHA-256 ${digest.sha256}`)]),
    ...(key === undefined ? [] : [line(`public key ${key.fingerprint}, from ${key.from} ${key.where}`)]),
  ];
}

/** What to do with what was fetched. */
export const proofChecks: readonly Line[] = [hashCheck, signatureCheck('pkcs1'), recordCheck()].flatMap(
  ({ title, commands }) => [paragraph(`${title}:`), ...commandLines(commands)],
);
