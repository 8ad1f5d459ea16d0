import { type Severity, severities } from '../../contracts/trailseal/finding';
import { type ChainCode, meaningOf, statusCodes, type TrailControl } from './chain-codes';
import { isProven } from './chain-line';
import { HOUR, instant, isoTime } from './chain-times';
import { type Status, uri } from './verdict';
import type { DigestReport } from './verify-digest';
import type { LogReport } from './verify-log';

/** Something about a chain, or one of its files, that is not as it should be, or that one ought to know. */
export interface ChainFinding {
  readonly code: ChainCode;
  readonly severity: Severity;
  readonly says: string;
  /** The digest that shows it: `s3://bucket/key`. */
  readonly digest?: string;
  /** The log file that it is about. */
  readonly file?: string;
  /** The hours that it is about, ISO 8601. */
  readonly from?: string;
  readonly to?: string;
  readonly expected?: string;
  readonly computed?: string;
}

type Details = Pick<ChainFinding, 'digest' | 'file' | 'from' | 'to' | 'expected' | 'computed'>;

/** @param milder whether what makes this code less grave holds; codes without such a case take no notice */
export function chainFinding(
  code: ChainCode,
  says: string,
  details: { readonly [K in keyof Details]?: string | undefined } = {},
  milder = false,
): ChainFinding {
  const meaning = meaningOf(code);
  const { severity } = milder ? (meaning.milder ?? meaning) : meaning;
  const known = Object.entries(details).filter(([, value]) => value !== undefined);
  return { code, severity, says, ...Object.fromEntries(known) };
}

/** What `verify` exits with because of a finding. */
export function exitCodeOf({ code, severity }: Pick<ChainFinding, 'code' | 'severity'>): 0 | 1 {
  const { exit, milder } = meaningOf(code);
  return milder?.severity === severity ? milder.exit : exit;
}

/** Which control a finding counts for. What is about a log file counts for the log files, whatever its code. */
export const controlOf = ({ code, file }: ChainFinding): TrailControl =>
  file === undefined ? meaningOf(code).control : 'cloudtrail-log-integrity';

const isAre: Readonly<Record<Status, string>> = {
  valid: 'is valid',
  invalid: 'is invalid',
  missing: 'is not there',
  'unknown-key': 'is signed with a key that is not known',
  unsigned: 'has no signature',
  unreferenced: 'is listed by no digest',
  unverifiable: 'could not be verified this time',
};

/** `SUBJECT is invalid: …` */
export const sentence = (subject: string, { status, reason, says }: DigestReport | LogReport) =>
  `${subject} ${isAre[status]}${says === undefined ? (reason === undefined ? '' : ` (${reason})`) : `: ${says}`}`;

/** What a digest's own status amounts to; undefined for a valid one. */
export function digestFinding(report: DigestReport): ChainFinding | undefined {
  const code = statusCodes[report.status].digest;
  if (code === undefined) return undefined;
  const { name, provenBy, expected, computed } = report;
  const proof = provenBy === 'successor' ? '; a proven successor states the hash of its bytes' : '';
  return chainFinding(
    code,
    `${sentence(`the ${name.backfill ? 'backfill ' : ''}digest that ends ${name.end}`, report)}${proof}`,
    {
      digest: uri(report),
      from: beginOf(report),
      to: name.end,
      expected,
      computed,
    },
    provenBy === 'successor',
  );
}

/** What a log file's status amounts to; undefined for a valid one. */
export function logFinding(report: LogReport): ChainFinding | undefined {
  const code = statusCodes[report.status].log;
  if (code === undefined) return undefined;
  const { digest, from, to, expected, computed } = report;
  const details = { file: uri(report), digest, from, to, expected, computed };
  return chainFinding(code, sentence(`the log file ${report.key}`, report), details);
}

/** As the digest says, where it can be believed. */
const beginOf = (report: DigestReport): string =>
  isProven(report) ? report.digest.digestStartTime : hourBefore(report.name.end);

/** Digests come hourly: the best that can be said of where an hour began whose digest can't be believed. */
export const hourBefore = (end: string): string => isoTime(instant(end) - HOUR);

/**
 * What the digests' own statuses amount to. One finding for consecutive digests, newest first, that can't be told to be
 * right for the same reason; what is wrong or gone stands alone, with what was expected of it.
 */
export function statusFindings(digests: readonly DigestReport[]): ChainFinding[] {
  const alike: { readonly what: string; readonly reports: [DigestReport, ...DigestReport[]] }[] = [];
  for (const report of digests) {
    const { status, reason, says, provenBy, fingerprint } = report;
    const isAlone = status === 'invalid' || status === 'missing';
    const what = JSON.stringify([status, reason, says, provenBy, fingerprint, isAlone && uri(report)]);
    const last = alike.at(-1);
    if (last?.what === what) last.reports.push(report);
    else alike.push({ what, reports: [report] });
  }
  return alike.flatMap(({ reports }) => {
    const [newest, ...before] = reports;
    const finding = digestFinding(newest);
    const oldest = before.at(-1);
    if (finding === undefined || oldest === undefined) return finding ?? [];
    const says = `${finding.says}; the same holds for ${before.length} before it`;
    return { ...finding, says, from: beginOf(oldest) };
  });
}

export const worstFirst = (a: ChainFinding, b: ChainFinding): number =>
  severities.indexOf(a.severity) - severities.indexOf(b.severity) || (orderOf(a) < orderOf(b) ? -1 : 1);

const orderOf = ({ from, code, digest, says }: ChainFinding) => JSON.stringify([from, code, digest, says]);
