import { Failure } from '../failure';
import { momentExpected, parseMoment } from '../moment';

export interface VerifyOptions {
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  readonly trail?: readonly string[];
  readonly start?: string;
  readonly end?: string;
  readonly concurrency?: number;
  readonly publicKeys?: string;
  readonly report?: string;
  readonly profile?: string;
  readonly aws?: true;
  readonly format: 'text' | 'json' | 'ndjson';
}

/** Of digests those are meant that end from `from` to an hour after `to`. In ISO 8601, to the second. */
export interface Window {
  readonly from?: string;
  readonly to: string;
}

/** Which of the files of a source are meant. */
export interface Selection {
  account(id: string): boolean;
  region(name: string): boolean;
  trail(trail: { readonly trail: string; readonly homeRegion: string }): boolean;
  /** Whether less than all is meant. */
  readonly isNarrow: boolean;
}

/** @throws Failure for what is no time, and for an end before the start */
export function windowOf({ start, end }: Pick<VerifyOptions, 'start' | 'end'>, now: Date): Window {
  const from = start === undefined ? undefined : moment('--start', start, now);
  const to = end === undefined ? isoSecond(now) : moment('--end', end, now);
  if (from !== undefined && from > to) {
    throw new Failure(`--start ${from} is after ${end === undefined ? 'now' : '--end'} ${to}`, []);
  }
  return { ...(from === undefined ? {} : { from }), to };
}

function moment(option: string, text: string, now: Date): string {
  const date = parseMoment(text, now);
  if (date === undefined) throw new Failure(`${option} ${text}: expected ${momentExpected}`);
  return isoSecond(date);
}

/** As digests and their names have times: text in this form sorts by time. */
export const isoSecond = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

const HOUR = 3_600_000;

/** The last end of a digest that is meant: one that ends in the hour after the window covers its last minutes. */
export const lastEnd = ({ to }: Window): string => isoSecond(new Date(Date.parse(to) + HOUR));

const ARN = /^arn:aws[a-z-]*:cloudtrail:(?<homeRegion>[a-z0-9-]+):\d{12}:trail\/(?<trail>[^/]+)$/;

/** @throws Failure for an ARN of something else than a trail */
export function selectionOf({ account, region, trail }: VerifyOptions): Selection {
  const trails = trail?.map((named) => {
    if (!named.startsWith('arn:')) return { trail: named };
    // An organization's trail has the management account in its ARN, and files of each account.
    const { homeRegion, trail: name } = ARN.exec(named)?.groups ?? {};
    if (homeRegion === undefined || name === undefined) {
      throw new Failure(
        `--trail ${named}: expected an ARN such as arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME`,
      );
    }
    return { trail: name, homeRegion };
  });
  return {
    account: (id) => account?.includes(id) ?? true,
    region: (name) => region?.includes(name) ?? true,
    trail: (of) =>
      trails?.some(
        (wanted) =>
          wanted.trail === of.trail &&
          (wanted.homeRegion === undefined || wanted.homeRegion === of.homeRegion),
      ) ?? true,
    isNarrow: (account ?? region ?? trail) !== undefined,
  };
}
