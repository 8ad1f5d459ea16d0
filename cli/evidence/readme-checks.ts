import { comparedFields } from '../../shared/proof/seal/same-event';
import { eventPath, KEYS_FILE, trailPath } from './bundle';
import {
  approvalCheck,
  type Check,
  findingCheck,
  hashCheck,
  keyCheck,
  otherContentCheck,
  recordCheck,
  signatureCheck,
} from './checks';
import type { CallEvidence, Gathered } from './gather';
import { proofFiles } from './look-ups';
import { markupFree } from './markup-free';
import { approvedRun, isPlainForJq, planPath } from './runs';
import { shellWord } from './shell-word';

/** Runs what stands between the fences. */
const ALL_AT_ONCE = "sed -n '/^```bash$/,/^```$/p' README.md | grep -v '^```' | bash -e";

const block = (lines: readonly string[]): string[] => ['```bash', ...lines, '```', ''];

const checkBlock = ({ title, commands }: Check): string[] => [
  `${title}:`,
  '',
  ...block([`printf '%s: ' '${title}'`, ...commands]),
];

/** How to check what is in the folder: Markdown whose `bash` blocks, run in order, do. */
export function checkLines({ calls, runs }: Gathered): string[] {
  const complete = calls.filter(isCheckable);
  return [
    '## Check it',
    '',
    'It takes bash, gunzip, jq, sha256sum and openssl, no network, and nothing of Trailseal. In this folder, block by',
    'block, or all at once, which ends with 0 when everything holds and stops at what does not:',
    '',
    `    ${ALL_AT_ONCE}`,
    '',
    '### The files are those that were written',
    '',
    'It guards against accidents only: whoever changes a file can change its sum.',
    '',
    ...block(['sha256sum --check SHA256SUMS']),
    ...(complete.length === 0
      ? ['No signature covers what is in this folder: see what is not here.', '']
      : complete.flatMap((evidence) => [...callChecks(evidence), ...approvalChecks(evidence, runs)])),
  ];
}

/** A call of which all is here that proves its record. */
export type Checkable = CallEvidence & Required<Pick<CallEvidence, 'event' | 'log' | 'digest' | 'key'>>;

export const isCheckable = (evidence: CallEvidence): evidence is Checkable =>
  evidence.event !== undefined &&
  evidence.log !== undefined &&
  evidence.digest?.metadata['signature'] !== undefined &&
  evidence.key !== undefined &&
  variables(evidence) !== undefined;

/** What the checks of a call work on; undefined when a name can't stand in a command. */
function variables(evidence: CallEvidence): string[] | undefined {
  const { call, log, digest } = evidence;
  const files = proofFiles(call.proof);
  if (files === undefined || log === undefined || digest === undefined) return undefined;
  const words = [`${log.bucket}/${log.key}`, trailPath(log), trailPath(digest), eventPath(evidence)].map(
    shellWord,
  );
  const [file, logFile, digestFile, event] = words;
  if (words.includes(undefined)) return undefined;
  return [
    `event=${event}`,
    `log=${logFile}`,
    `digest=${digestFile}`,
    `file=${file} index=${files.index} keys=${KEYS_FILE}`,
  ];
}

function callChecks(evidence: Checkable): string[] {
  const { call, key, unequal = [] } = evidence;
  const isOther = call.proof.state === 'contradicted' && unequal.length > 0;
  const equal = comparedFields.filter((field) => !unequal.includes(field));
  return [
    `### Event ${call.eventID}: ${markupFree(call.eventName)}`,
    '',
    `Its record is \`Records[${proofFiles(call.proof)?.index}]\` of the log file.`,
    '',
    ...block(variables(evidence) ?? []),
    ...checkBlock(hashCheck),
    ...checkBlock(signatureCheck(key.encoding)),
    ...checkBlock(keyCheck),
    ...(isOther || unequal.length === 0
      ? []
      : [
          `Log file and event are not plainly equal in ${unequal.join(', ')}: CloudTrail leaves out or cuts what is too large,`,
          'and may correct a record later (`addendum`). See for yourself which it is.',
          '',
        ]),
    ...checkBlock(isOther ? otherContentCheck(unequal) : recordCheck(equal)),
    ...checkBlock(findingCheck),
  ];
}

/** Of the session in which an approved run was made: who approved which plan. */
function approvalChecks({ event, unequal = [] }: Checkable, runs: Gathered['runs']): string[] {
  const approved = approvedRun(event, runs);
  if (approved === undefined || unequal.includes('requestParameters')) return [];
  const { run, plan } = approved;
  if (!isPlainForJq(plan))
    return [
      'Its tags name a plan by its hash. That of the plan that is here jq alone can not work out: some of its texts it',
      'would write in another way.',
      '',
    ];
  return [
    'AWS writes no record of the request by which somebody approves. The session in which the plan was then carried out',
    'is tagged with who approved, and with the SHA-256 of `plan` without its `hash`, members in the order of their names:',
    '',
    ...block([`run=${run.id} plan=${planPath(run)}`]),
    ...checkBlock(approvalCheck),
  ];
}
