import { severities } from '../../shared/contracts/trailseal/finding';
import {
  type ChainCode,
  chainCodes,
  HISTORY_DAYS,
  meaningOf,
  statusCodes,
} from '../../shared/proof/trail/chain-codes';
import { type Status, statuses } from '../../shared/proof/trail/verdict';
import { code, GENERATED, page, table } from './markdown';

/** docs/reference/trail-verdicts.md: what verification of CloudTrail's files can say, how grave it is, what to do. */
export function renderTrailVerdicts(): string {
  return page([
    GENERATED('shared/proof/trail/chain-codes.ts and verdict.ts'),
    '# Verdicts on CloudTrail files',
    'A file has one status. A status other than `valid`, and what shows only when digests are seen as a chain, becomes a finding with a code. `trailseal verify` exits with the highest code that the tables name for what it found, and with 2 when it could not do its work.',
    '## Status of a file',
    table(
      ['status', 'of a digest', 'of a log file', 'severity', 'exit code'],
      statuses.map((status) => [code(status), ...statusCells(status)]),
    ),
    'The status of a digest says what its own signature proves. A valid digest also proves every older one that is linked to it by hash, even where the metadata of that one are lost or its key is not known any more: the status then stays `unsigned` or `unknown-key`, `provenBy` is `successor`, and the log files that it lists are verified.',
    '`unverifiable` is never counted as wrong: the file, or the keys, could not be read this time, and are tried again.',
    '## Codes',
    table(
      ['code', 'severity', 'exit code', 'control', 'means', 'what to do', 'closes'],
      codes().map((each) => [code(each), ...codeCells(each)]),
    ),
    `What is a fact of history can not be mended; its finding closes by itself after ${HISTORY_DAYS} days. A \`verified-file-altered\` or \`verified-file-deleted\` that is about a log file counts for \`cloudtrail-log-integrity\`.`,
  ]);
}

const codeNames = Object.keys(chainCodes) as ChainCode[];

/** Worst first. */
const codes = () =>
  [...codeNames].sort(
    (a, b) =>
      severities.indexOf(meaningOf(a).severity) - severities.indexOf(meaningOf(b).severity) ||
      (a < b ? -1 : 1),
  );

function statusCells(status: Status): string[] {
  const { exit, digest, log } = statusCodes[status];
  const severity = new Set([digest, log].flatMap((each) => (each ? [meaningOf(each).severity] : [])));
  return [digest ? code(digest) : '', log ? code(log) : '', [...severity].join(', '), String(exit)];
}

function codeCells(name: ChainCode): string[] {
  const { severity, exit, milder, control, means, whatToDo, closes } = meaningOf(name);
  return [
    milder ? `${severity}; ${milder.severity} when ${milder.when}` : severity,
    milder && milder.exit !== exit ? `${exit}; ${milder.exit} when ${milder.severity}` : String(exit),
    code(control),
    means,
    whatToDo,
    closes === 'mended' ? 'when it no longer holds' : `after ${HISTORY_DAYS} days`,
  ];
}
