export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Milliseconds since the epoch of ISO 8601 in UTC. */
export const instant = (iso: string): number => Date.parse(iso);

/** `2024-07-31T11:00:00Z` */
export const isoTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');

/** `45 min`, `3 h`, `26 h 5 min` */
export function duration(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / MINUTE);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 || hours === 0 ? [`${rest} min`] : [])].join(
    ' ',
  );
}

/** Whether the bucket's own lifecycle has taken what was written at a time, or may take it any moment. */
export const hasExpired = (at: string, now: string, expiryDays: number | undefined): boolean =>
  expiryDays !== undefined && instant(now) - instant(at) >= expiryDays * DAY;
