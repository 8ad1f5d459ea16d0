import { severities } from '../../../../shared/contracts/trailseal/finding';
import {
  type ChainCode,
  chainCodes,
  meaningOf,
  statusCodes,
} from '../../../../shared/proof/trail/chain-codes';
import {
  chainFinding,
  controlOf,
  digestFinding,
  exitCodeOf,
  logFinding,
} from '../../../../shared/proof/trail/chain-findings';
import { duration } from '../../../../shared/proof/trail/chain-times';
import { statuses, uri } from '../../../../shared/proof/trail/verdict';
import type { LogReport } from '../../../../shared/proof/trail/verify-log';
import { at, digestAt, rewritten, unsigned } from '../../../support/chain-reports';

const codes = Object.keys(chainCodes) as ChainCode[];
const sentence = /^[A-Z].*[a-z]\.$/;

describe.each(codes)('%s', (code) => {
  const { severity, exit, milder, means, whatToDo } = meaningOf(code);

  test('exits with 0 only for what is information', () => {
    expect(exit).toBe(severity === 'informational' ? 0 : 1);
    if (milder) expect(milder.exit).toBe(milder.severity === 'informational' ? 0 : 1);
  });

  test('is less grave in its milder case', () => {
    if (milder) expect(severities.indexOf(milder.severity)).toBeGreaterThan(severities.indexOf(severity));
  });

  test('says what it means and what to do', () => {
    expect(means).toMatch(sentence);
    expect(whatToDo).toMatch(sentence);
  });
});

test('every status but valid exits with 1, and has a code for each kind of file that can have it', () => {
  expect(
    statuses.map((status) => [
      status,
      statusCodes[status].exit,
      statusCodes[status].digest,
      statusCodes[status].log,
    ]),
  ).toEqual([
    ['valid', 0, undefined, undefined],
    ['invalid', 1, 'digest-invalid', 'log-invalid'],
    ['missing', 1, 'digest-missing', 'log-missing'],
    ['unknown-key', 1, 'digest-unknown-key', undefined],
    ['unsigned', 1, 'digest-unsigned', undefined],
    ['unreferenced', 1, undefined, 'unreferenced-log'],
    ['unverifiable', 1, 'digest-unverifiable', 'log-unverifiable'],
  ]);
});

test.each<[finding: Parameters<typeof chainFinding>, severity: string, exit: 0 | 1]>([
  [['bucket-moved', 'it moved'], 'medium', 1],
  [['bucket-moved', 'it moved', {}, true], 'informational', 0],
  [['chain-restart', 'it began anew', {}, true], 'medium', 1],
  [['chain-fork', 'there are two', {}, true], 'critical', 1],
  [['digest-late', 'it came'], 'informational', 0],
])('%j', (parts, severity, exit) => {
  const finding = chainFinding(...parts);
  expect(finding).toEqual({ code: parts[0], says: parts[1], severity });
  expect(exitCodeOf(finding)).toBe(exit);
});

describe('a finding about a file', () => {
  const log: LogReport = {
    kind: 'log',
    bucket: 'trail-logs',
    key: 'log',
    status: 'invalid',
    reason: 'hash-mismatch',
    expected: 'aa',
    computed: 'bb',
    digest: 's3://trail-logs/digest',
    from: at(1),
    to: at(2),
  };

  test('of logs names file, digest, hours and both hashes', () => {
    expect(logFinding(log)).toEqual({
      code: 'log-invalid',
      severity: 'critical',
      says: 'the log file log is invalid (hash-mismatch)',
      file: 's3://trail-logs/log',
      digest: 's3://trail-logs/digest',
      from: at(1),
      to: at(2),
      expected: 'aa',
      computed: 'bb',
    });
    expect(logFinding({ ...log, status: 'missing' })?.code).toBe('log-missing');
    expect(logFinding({ ...log, status: 'unverifiable', says: '403' })).toMatchObject({
      code: 'log-unverifiable',
      says: 'the log file log could not be verified this time: 403',
    });
    expect(logFinding({ ...log, status: 'unreferenced' })?.code).toBe('unreferenced-log');
    expect(logFinding({ ...log, status: 'valid' })).toBeUndefined();
  });

  test('of digests names the hour: as the digest has it where it is proven, else the one before its end', () => {
    const digest = digestAt(5, undefined, { start: 4.5 });
    expect(digestFinding(digest)).toBeUndefined();
    expect(digestFinding({ ...rewritten(digest), expected: 'x', computed: 'y' })).toEqual({
      code: 'digest-invalid',
      severity: 'critical',
      says: `the digest that ends ${at(5)} is invalid (signature-mismatch)`,
      digest: uri(digest),
      from: at(4),
      to: at(5),
      expected: 'x',
      computed: 'y',
    });
    expect(digestFinding({ ...unsigned(digest), provenBy: 'successor' })).toEqual({
      code: 'digest-unsigned',
      severity: 'medium',
      says: `the digest that ends ${at(5)} has no signature: its metadata hold no signature; a proven successor states the hash of its bytes`,
      digest: uri(digest),
      from: at(4.5),
      to: at(5),
    });
  });

  test('counts for the log files when it is about one, else for the chain', () => {
    expect(controlOf(chainFinding('log-missing', ''))).toBe('cloudtrail-log-integrity');
    expect(controlOf(chainFinding('digest-missing', ''))).toBe('cloudtrail-digest-chain');
    expect(controlOf(chainFinding('verified-file-deleted', '', { digest: 's3://b/d' }))).toBe(
      'cloudtrail-digest-chain',
    );
    expect(controlOf(chainFinding('verified-file-deleted', '', { file: 's3://b/l' }))).toBe(
      'cloudtrail-log-integrity',
    );
  });
});

test.each([
  [0, '0 min'],
  [59_999, '0 min'],
  [45 * 60_000, '45 min'],
  [3 * 3_600_000, '3 h'],
  [26 * 3_600_000 + 5 * 60_000, '26 h 5 min'],
])('%d ms are %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});
