import { InvalidInput } from '../../permanent-failure';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const iso = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{2}):?(\d{2}))?$/;
/** `Wed Sep 04 16:59:44.356 UTC 2024`: Inspector, now. */
const javaDate = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d+))? UTC (\d{4})$/;
/** `Dec 3, 2021, 6:02:30 PM`: Inspector, in older events. Newer Java puts a narrow blank before PM. */
const medium = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d{2}):(\d{2})[ \u00a0\u202f]([AP])M$/;

/**
 * A time in any of the styles in which the services that report findings write it. Those that name no zone are in UTC.
 * @returns ISO 8601 in UTC, to the millisecond
 * @throws InvalidInput
 */
export function momentOf(input: string, field: string, value: string): string {
  const time = isoTime(value) ?? javaTime(value) ?? mediumTime(value);
  if (time === undefined || Number.isNaN(time)) throw new InvalidInput(input, field, 'a time');
  return new Date(time).toISOString();
}

function isoTime(text: string): number | undefined {
  const [match, year, month, day, hour, minute, second, fraction, sign, hours, minutes] =
    iso.exec(text) ?? [];
  if (match === undefined) return undefined;
  const ahead = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === '-' ? -60_000 : 60_000);
  return utc(Number(year), Number(month), Number(day), Number(hour), minute, second, fraction) - ahead;
}

function javaTime(text: string): number | undefined {
  const [match, month, day, hour, minute, second, fraction, year] = javaDate.exec(text) ?? [];
  return match === undefined
    ? undefined
    : utc(Number(year), monthOf(month), Number(day), Number(hour), minute, second, fraction);
}

function mediumTime(text: string): number | undefined {
  const [match, month, day, year, hour, minute, second, half] = medium.exec(text) ?? [];
  if (match === undefined) return undefined;
  const onTheDial = Number(hour);
  if (onTheDial < 1 || onTheDial > 12) return Number.NaN;
  const hourOfDay = (onTheDial % 12) + (half === 'P' ? 12 : 0);
  return utc(Number(year), monthOf(month), Number(day), hourOfDay, minute, second, undefined);
}

/** 0 for no month. */
const monthOf = (name = ''): number => MONTHS.indexOf(name as (typeof MONTHS)[number]) + 1;

/** NaN for what the calendar doesn't have, such as 31 June, which Date would take for 1 July. */
function utc(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: string | undefined,
  second: string | undefined,
  fraction = '',
): number {
  const time = Date.UTC(
    year,
    month - 1,
    day,
    hour,
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0').slice(0, 3)),
  );
  const date = new Date(time);
  const isReal =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === Number(minute) &&
    date.getUTCSeconds() === Number(second);
  return isReal ? time : Number.NaN;
}
