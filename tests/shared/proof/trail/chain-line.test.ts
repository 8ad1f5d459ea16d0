import { absentPredecessors } from '../../../../shared/proof/trail/chain';
import { line } from '../../../../shared/proof/trail/chain-line';
import type { Place } from '../../../../shared/proof/trail/verdict';
import type { DigestReport } from '../../../../shared/proof/trail/verify-digest';
import {
  at,
  deleted,
  digestAt,
  headAt,
  ofUnknownKey,
  rewritten,
  unread,
  unsigned,
} from '../../../support/chain-reports';

const d1 = digestAt(1);
const d2 = digestAt(2, d1);
const d3 = digestAt(3, d2);
const d4 = digestAt(4, d3);
const moved = digestAt(5, d4, { bucket: 'new-logs' });
const backfill = digestAt(6, digestAt(2, undefined, { backfill: true }), { backfill: true });

const placeOf = ({ bucket, key }: DigestReport): Place => ({ bucket, key });

describe('what is asked for before judging', () => {
  const all = { to: at(9) };

  test.each<[story: string, asked: Place[], absent: DigestReport[]]>([
    ['nothing of a whole chain', absentPredecessors([d1, d2, d3], all), []],
    ['what a proven digest points to', absentPredecessors([d3, d1], all), [d2]],
    ['nothing that was looked at and is missing', absentPredecessors([d3, deleted(d2), d1], all), []],
    ['nothing that could not be read', absentPredecessors([d3, unread(d2), d1], all), []],
    ['nothing that an unproven digest points to', absentPredecessors([rewritten(d3), d1], all), []],
    ['what one points to that its successor proves', absentPredecessors([d4, unsigned(d3)], all), [d2]],
    ['what lies in another bucket', absentPredecessors([moved], all), [d4]],
    [
      'what a backfill points to',
      absentPredecessors([backfill], all),
      [digestAt(2, undefined, { backfill: true })],
    ],
    ['what ends just as the window begins', absentPredecessors([d3], { ...all, from: at(2) }), [d2]],
    ['nothing from before the window', absentPredecessors([d3], { ...all, from: at(2.5) }), []],
    ['not the head', absentPredecessors([d3], all, headAt(d2)), []],
    ['nothing from before the head', absentPredecessors([d3, d2], all, headAt(d2)), []],
    ['what comes after the head', absentPredecessors([d4], all, headAt(d2)), [d3]],
    ['each once', absentPredecessors([d3, d3, digestAt(3, d2, { bucket: 'other' })], all), [d2]],
  ])('%s', (_, asked, absent) => {
    expect(asked).toEqual(absent.map(placeOf));
  });
});

describe('what proves a digest', () => {
  const proof = (reports: readonly DigestReport[]) => line(reports).map(({ provenBy }) => provenBy);

  test.each<[story: string, reports: DigestReport[], provenBy: (string | undefined)[]]>([
    ['its own signature', [d2, d1], ['signature', 'signature']],
    ['the next one, for want of a signature', [d2, unsigned(d1)], ['signature', 'successor']],
    [
      'any later one, link by link',
      [d4, unsigned(d3), ofUnknownKey(d2), unsigned(d1)],
      ['signature', 'successor', 'successor', 'successor'],
    ],
    [
      'none after a link that is broken',
      [d4, deleted(d3), unsigned(d2)],
      ['signature', undefined, undefined],
    ],
    ['not one that is unproven itself', [unsigned(d2), unsigned(d1)], [undefined, undefined]],
    ['not one that states another hash', [d2, rewritten(d1)], ['signature', undefined]],
    [
      'not one that follows another',
      [d3, unsigned(digestAt(2, d1, { bucket: 'other' }))],
      ['signature', undefined],
    ],
    [
      'the next one, though the keys could not be had',
      [d2, { ...d1, status: 'unverifiable', reason: 'keys-unreachable' }],
      ['signature', 'successor'],
    ],
  ])('%s', (_, reports, provenBy) => {
    expect(proof(reports)).toEqual(provenBy);
    expect(proof([...reports].reverse())).toEqual(provenBy);
  });
});

test.each<[story: string, once: DigestReport, again: DigestReport, kept: DigestReport['status']]>([
  ['could be read the second time', unread(d1), d1, 'valid'],
  ['was gone the second time', d1, deleted(d1), 'missing'],
  ['was rewritten the second time', d1, rewritten(d1), 'invalid'],
  ['had lost its signature the second time', d1, unsigned(d1), 'unsigned'],
])('a file that %s is what it is at worst', (_, once, again, kept) => {
  expect(line([once, again]).map(({ status }) => status)).toEqual([kept]);
  expect(line([again, once]).map(({ status }) => status)).toEqual([kept]);
});

test('of two contents with a valid signature, one is kept, whichever came first', () => {
  const other = digestAt(1, undefined, { variant: 'other' });
  expect(line([d1, other])).toEqual(line([other, d1]));
});
