import type { SealedFile } from '../../contracts/trailseal/finding';
import { asReported } from './as-reported';
import { fileAsReported } from './file-reason';
import type { CallProof, ProofLink } from './links';

/**
 * The proof of an alert in lines: what it comes to, each call with the files that it rests on, and how to check it.
 * @param findingId for the commands, which hold nothing that others have chosen
 */
export const proofLines = ({ state, says, calls = [] }: ProofLink, findingId: string): string[] => [
  says,
  ...(state === 'not-applicable' ? [] : calls.flatMap(callLines)),
  ...(howToCheck[state]?.(findingId) ?? []),
];

const howToCheck: Readonly<Partial<Record<ProofLink['state'], (findingId: string) => string[]>>> = {
  pending: (id) => [
    `By e-mail you hear of it again only if the record says otherwise; trailseal show ${id} says how it stands.`,
  ],
  proven: (id) => [
    `Check it yourself: trailseal show ${id} prints the commands, trailseal evidence ${id} writes all files.`,
  ],
  contradicted: (id) => [
    `The evidence: trailseal show ${id} prints it, trailseal evidence ${id} writes all files.`,
  ],
};

function callLines({ eventName, eventID, state, says, differs = [], ...files }: CallProof): string[] {
  const { log, index, digest, key } = files;
  return [
    `- ${asReported(eventName, 100)}, event ${asReported(eventID, 60)}: ${state}${state === 'proven' ? '' : `; ${asReported(says, 300)}`}`,
    ...(differs.length === 0 ? [] : [`  differs  ${asReported(differs.join(', '), 300)}`]),
    ...(log ? fileLines('log', log, index === undefined ? '' : ` Records[${index}]`) : []),
    ...(digest ? fileLines('digest', digest) : []),
    ...(key
      ? [
          `  key      ${asReported(key.fingerprint, 100)} from ${asReported(key.from, 100)} (${asReported(key.where, 200)})`,
        ]
      : []),
  ];
}

const fileLines = (label: string, { bucket, key, sha256 }: SealedFile, place = ''): string[] => [
  `  ${label.padEnd(8)} ${fileAsReported(`s3://${bucket}/${key}`)}${place}`,
  `  sha256   ${asReported(sha256, 64)}`,
];
