import type { KeySource } from '../../shared/proof/trail/verdict';
import { counted } from '../table';
import { printable } from '../terminal';
import type { Findings } from './findings';
import { number } from './number';
import type { Summary } from './records';

/** What the summary says beside the verdicts. */
export interface Advice {
  readonly areCopies: boolean;
  /** What CloudTrail could not be asked, and why. */
  readonly unasked: readonly string[];
  readonly keysFile: string | undefined;
}

const LINE_LENGTH = 400;

/** On what the verdicts rest, what only AWS can confirm, and what would go unseen otherwise. */
export function adviceLines(summary: Summary, findings: Findings, advice: Advice): string[] {
  return [
    ...keyLines(findings),
    ...unreadKeyLines(summary, findings),
    ...successorLines(findings),
    ...unsignedLines(findings, advice),
    ...confirmLines(summary, findings, advice),
    ...unseenLines(findings),
  ].map((line) => printable(line, LINE_LENGTH));
}

const keyLines = ({ keys }: Findings): string[] =>
  [...keys.values()].map(
    ({ source, digests, fingerprints }) =>
      `Public keys: ${counted(digests, 'digest')} by ${counted(fingerprints.size, 'key')} of ${sourceText(source)}`,
  );

const sourceText = ({ from, where }: KeySource): string =>
  from === 'file' ? `the file ${where}` : `ListPublicKeys in ${where}`;

function unreadKeyLines(summary: Summary, { keysUnread }: Findings): string[] {
  return [...keysUnread].flatMap(([region, why]) => [
    `Public keys of ${region} could not be had: ${why}`,
    `Where AWS can be asked: ${listKeys(region, summary)} > keys.json; then give --public-keys keys.json`,
  ]);
}

/** A digest may be signed with a key from a little later than its hour. */
const listKeys = (region: string, { window, chains }: Pick<Summary, 'window' | 'chains'>): string => {
  const first = window.from ?? chains.flatMap(({ from }) => from ?? []).sort()[0] ?? 'FIRST-DAY';
  return `aws cloudtrail list-public-keys --region ${region} --start-time ${first} --end-time ${dayAfter(window.to)}`;
};

const dayAfter = (time: string): string => new Date(Date.parse(time) + 86_400_000).toISOString().slice(0, 10);

const successorLines = ({ provenBySuccessor: count }: Findings): string[] =>
  count === 0
    ? []
    : [
        `${counted(count, 'digest')} without a verified signature of ${count === 1 ? 'its' : 'their'} own: proven by the hash in a newer digest, which is valid`,
      ];

const unsignedLines = ({ totals }: Findings, { areCopies }: Advice): string[] =>
  areCopies && (totals.digests.unsigned ?? 0) > 0
    ? [
        'Copies lose the signature, which S3 keeps beside the object. Put what this prints beside each digest, as KEY.metadata.json:',
        'aws s3api head-object --bucket BUCKET --key KEY',
      ]
    : [];

function confirmLines(summary: Summary, { keys }: Findings, advice: Advice): string[] {
  const [first] = summary.chains;
  const region = first?.chain.region ?? 'REGION';
  const isFromFile = [...keys.values()].some(({ source }) => source.from === 'file');
  const status = `aws cloudtrail get-trail-status --region ${first?.chain.homeRegion ?? 'REGION'} --name ${first?.chain.trail ?? 'TRAIL'}`;
  return [
    ...(isFromFile
      ? [
          `To confirm with AWS: that the keys in ${advice.keysFile} are CloudTrail's: ${listKeys(region, summary)}`,
        ]
      : []),
    ...(advice.areCopies && first !== undefined
      ? [`To confirm with AWS: that the copy has the newest digests, and that trails still log: ${status}`]
      : []),
    ...advice.unasked.map(
      (why) => `To confirm with AWS: whether the trail logs. It could not be asked: ${why}`,
    ),
  ];
}

function unseenLines({ unseen }: Findings): string[] {
  if (unseen.size === 0) return [];
  const codes = [...unseen].map(([code, count]) => `${number(count)} ${code}`);
  return [`aws cloudtrail validate-logs would not have shown: ${codes.sort().join(', ')}`];
}
