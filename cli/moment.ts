const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A date, or a date and a time with its offset: `10:00` alone would mean another moment on each machine. */
const ISO = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/i;

export const momentExpected =
  'a time such as 2026-01-31T10:00:00Z, a date such as 2026-01-31 (UTC), or how long ago: 90m, 24h, 7d';

/** `24h` before now, or a moment in ISO 8601; undefined for anything else. */
export function parseMoment(text: string, now: Date): Date | undefined {
  const [, count, unit] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) {
    return valid(new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0)));
  }
  const [, day] = ISO.exec(text) ?? [];
  // Date takes 31 February for 3 March.
  if (
    day === undefined ||
    valid(new Date(`${day}T00:00Z`))
      ?.toISOString()
      .slice(0, 10) !== day
  )
    return undefined;
  return valid(new Date(text.toUpperCase()));
}

const valid = (date: Date): Date | undefined => (Number.isNaN(date.getTime()) ? undefined : date);
