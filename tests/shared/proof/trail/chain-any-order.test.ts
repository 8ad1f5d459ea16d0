import fc from 'fast-check';
import { exitCodeOf } from '../../../../shared/proof/trail/chain-findings';
import { uri } from '../../../../shared/proof/trail/verdict';
import type { DigestReport } from '../../../../shared/proof/trail/verify-digest';
import {
  at,
  deleted,
  digestAt,
  digestsFrom,
  headAt,
  ofUnknownKey,
  resigned,
  rewritten,
  unread,
  unsigned,
} from '../../../support/chain-reports';
import { d1, d4, d7, judge, whole, window } from '../../../support/judge-chain';

const tampers = [deleted, unread, rewritten, resigned, unsigned, ofUnknownKey, (file: DigestReport) => file];

test('the order and repetition of reports make no difference', () => {
  const extras = [
    digestAt(9),
    digestAt(6, d4, { start: 4 }),
    digestAt(8, d7, { bucket: 'other-logs' }),
    digestAt(3, undefined, { backfill: true }),
    digestAt(5, d4, { variant: 'other' }),
  ];
  const story = fc
    .tuple(
      fc.array(fc.nat({ max: tampers.length - 1 }), { minLength: 8, maxLength: 8 }),
      fc.subarray(extras),
      fc.option(fc.nat({ max: 7 }), { nil: undefined }),
    )
    .chain(([choice, more, headIndex]) => {
      const files = [...whole.map((file, index) => tampers[choice[index] ?? 0]?.(file) ?? file), ...more];
      return fc.record({
        files: fc.constant(files),
        shuffled: fc
          .tuple(fc.shuffledSubarray(files, { minLength: files.length }), fc.shuffledSubarray(files))
          .map((parts) => parts.flat()),
        head: fc.constant(headIndex === undefined ? undefined : whole[headIndex]),
      });
    });
  fc.assert(
    fc.property(story, ({ files, shuffled, head }) => {
      const more = { window, ...(head ? { head: headAt(head) } : {}) };
      expect(judge(shuffled, more)).toEqual(judge(files, more));
    }),
    { numRuns: 500, seed: 8 },
  );
});

test('nothing that happens to one digest goes unsaid', () => {
  const harm = fc.constantFrom(deleted, unread, rewritten, resigned, unsigned, ofUnknownKey);
  fc.assert(
    fc.property(fc.nat({ max: 7 }), harm, (index, harmed) => {
      const files = whole.map((file, at_) => (at_ === index ? harmed(file) : file));
      const { findings } = judge(files);
      expect(
        findings.some((finding) => finding.digest === uri(whole[index] ?? d1) && exitCodeOf(finding) === 1),
      ).toBe(true);
    }),
    { numRuns: 200, seed: 8 },
  );
});

test('a year of digests is judged in a moment', () => {
  const year = digestsFrom(1, 8760).map((file, index) => (index % 7 === 0 ? unsigned(file) : file));
  const begun = process.cpuUsage();
  const { digests, findings } = judge(year, { window: { from: at(0), to: at(8800) } });
  expect(digests).toHaveLength(8760);
  expect(findings.every(({ code }) => code === 'digest-unsigned')).toBe(true);
  expect(process.cpuUsage(begun).user / 1000).toBeLessThan(2000);
});
