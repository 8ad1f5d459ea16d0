import { type ChainInput, judgeChain } from '../../shared/proof/trail/chain';
import { uri } from '../../shared/proof/trail/verdict';
import type { DigestReport } from '../../shared/proof/trail/verify-digest';
import { at, chain, digestAt } from './chain-reports';

export type More = Partial<Omit<ChainInput, 'reports' | 'chain'>>;

/** All hours of the chain below and a few more, but not the digest before it. */
export const window = { from: at(0.5), to: at(12) };

/** As seen from a copy, where the end of the chain says nothing. */
export const judge = (reports: readonly DigestReport[], more: More = {}) =>
  judgeChain({ chain, reports, window, now: at(12), live: false, ...more });

/** Each finding as its code, its severity, and the hours that it is about: `03:00-04:00`. */
export const told = (reports: readonly DigestReport[], more: More = {}) =>
  judge(reports, more).findings.map(({ code, severity, from = '', to = '' }) => [
    code,
    severity,
    `${clock(from)}-${clock(to)}`,
  ]);

const clock = (iso: string) => iso.slice(11, 16);

/** A chain that began before: its digests end at 1 to 8, and the first of them follows one that is not asked for. */
export const d1 = digestAt(1, digestAt(0));
export const d2 = digestAt(2, d1);
export const d3 = digestAt(3, d2);
export const d4 = digestAt(4, d3);
export const d5 = digestAt(5, d4);
export const d6 = digestAt(6, d5);
export const d7 = digestAt(7, d6);
export const d8 = digestAt(8, d7);
export const whole = [d1, d2, d3, d4, d5, d6, d7, d8];

/** The chain, with other files in place of its own of the same hours. */
export const withFiles = (...files: readonly DigestReport[]) => [
  ...whole.filter((digest) => !files.some((file) => uri(file) === uri(digest))),
  ...files,
];

export const without = (...gone: readonly DigestReport[]) => whole.filter((digest) => !gone.includes(digest));
