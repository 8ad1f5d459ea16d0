import type { Finding } from '../../shared/contracts/trailseal/finding';
import type { Control } from '../../shared/controls/control';
import { KEYS_FILE } from './bundle';
import type { Gathered } from './gather';
import { configurationLookUp, keysLookUp, proofFiles } from './look-ups';
import { type Checkable, isCheckable } from './readme-checks';

/** What a proof is relative to, and what it does not say. */
export function validityLines(
  finding: Finding,
  { calls, runs }: Gathered,
  kind: Control['kind'] | undefined = 'rule',
): string[] {
  const signed = calls.filter(isCheckable);
  return [
    '## What it is valid relative to, and what it does not say',
    '',
    ...(signed.length === 0 ? [] : ofProofs(signed)),
    ...(kind === 'rule' ? ofItems(finding) : []),
    ...(calls.length === 0 ? [] : ofCalls),
    ...(calls.some(({ log }) => log)
      ? [
          '- Log files are whole: they hold other activity of the account, too. Handle this folder accordingly.',
        ]
      : []),
    `- That \`finding.json\`${runs.length === 0 ? '' : ', and what is below `remediation`, but for a plan whose hash a record names,'} says what the table says is the word of whoever wrote this folder.`,
    '',
  ];
}

function ofProofs(signed: readonly Checkable[]): string[] {
  const asked = signed.map(({ key, call }) => {
    const { region, end } = proofFiles(call.proof) ?? { region: '', end: '' };
    return `${keysLookUp(region, end)} --query "PublicKeyList[?Fingerprint=='${key.fingerprint}'].Value" --output text`;
  });
  return [
    `- The proof is relative to the public key in \`${KEYS_FILE}\`. Confirm with AWS that it is CloudTrail's: this has to`,
    '  print its `Value`:',
    '',
    ...[...new Set(asked)].flatMap((one) => [`      ${one}`, '']),
    '- A digest proves that its log files are as CloudTrail delivered them. It does not prove that CloudTrail',
    '  recorded everything, nor whose hand was on the credentials that made a call.',
    '- The other log files that the digest lists are not here. Of the folder `trail`, `trailseal verify` says',
    '  `valid` for what is here and `missing` for those:',
    '',
    `      trailseal verify trail --public-keys ${KEYS_FILE}`,
    '',
  ];
}

function ofItems(finding: Finding): string[] {
  const ask = configurationLookUp(finding, finding.judgement?.observedAt ?? '');
  return [
    '- Configuration items are not signed: what changed is the word of AWS Config.',
    ...(ask.length === 0
      ? []
      : ['  Ask it yourself, in the account:', '', ...ask.map((line) => `      ${line}`), '']),
  ];
}

const ofCalls: readonly string[] = [
  '- That one of these calls did it follows from what the calls say that they change. It is a conclusion, not a',
  '  record.',
];
