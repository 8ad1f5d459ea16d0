import * as z from 'zod';
import type { Control } from '../controls/control';
import { aliasesOf, controlsNamed } from './control-names';
import { didYouMean, found, quoted } from './mistake';
import { scopeWith } from './scope-schema';
import { text } from './values';

const DAY = 86_400_000;
const LONGEST_EXEMPTION = 365;

/** One entry of "exemptions". @param now decides which have expired */
export const exemption = (controls: readonly Control[], now: Date) =>
  z.strictObject({
    control: exemptedControl(controls),
    scope: scopeWith(
      {},
      'Which resources are exempt. All that is given must hold; the entries of a list are alternatives.',
    ),
    owner: text().describe('Who answers for the exemption: a team or a mail address.'),
    reason: text().describe('Why the control need not hold there.'),
    expires: expiry(now),
  });

function exemptedControl(controls: readonly Control[]) {
  const exemptible = controls.filter((control) => control.exemptible);
  const names = [
    ...exemptible.map(({ id }) => id),
    ...exemptible.flatMap(aliasesOf).filter((alias) => controlsNamed(alias, controls).length === 1),
  ];
  return z
    .string()
    .check(({ value, issues }) => {
      const mistake = whyNotExempted(value, controls, names);
      if (mistake) issues.push({ code: 'custom', input: value, message: mistake });
    })
    .meta({
      enum: [...new Set(names)],
      description: 'The id of the control, or an alias that stands for it alone, such as a Security Hub id.',
    });
}

function whyNotExempted(
  name: string,
  controls: readonly Control[],
  names: readonly string[],
): string | undefined {
  const [control, ...others] = controlsNamed(name, controls);
  if (!control) return `no control is named ${JSON.stringify(name)}${didYouMean(name, names)}`;
  if (others.length > 0) {
    const ids = [control, ...others].map(({ id }) => id);
    return `"${name}" stands for several controls: expected one of ${quoted(ids)}`;
  }
  if (!control.exemptible) {
    return `"${control.id}" can't be exempted: it guards the evidence that every other alert rests on`;
  }
  return undefined;
}

/** The day on which an exemption ends; undefined when the text is no date of the calendar. */
function dayOf(value: string): Date | undefined {
  const day = new Date(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00Z` : Number.NaN);
  return !Number.isNaN(day.getTime()) && isoDay(day) === value ? day : undefined;
}

const isoDay = (day: Date) => day.toISOString().slice(0, 10);

const expiry = (now: Date) =>
  z
    .string()
    .check(({ value, issues }) => {
      const mistake = whyNotExpiry(value, now);
      if (mistake) issues.push({ code: 'custom', input: value, message: mistake });
    })
    .meta({
      format: 'date',
      description: `The last day (UTC) on which the exemption holds, at most ${LONGEST_EXEMPTION} days from now.`,
    });

function whyNotExpiry(value: string, now: Date): string | undefined {
  const day = dayOf(value);
  if (!day) return `expected a date such as 2027-03-31, found ${found(value)}`;
  const today = new Date(`${isoDay(now)}T00:00:00Z`).getTime();
  if (day.getTime() < today) return `expired on ${value}: remove it or renew it`;
  const latest = new Date(today + LONGEST_EXEMPTION * DAY);
  if (day > latest) return `expected a date up to ${isoDay(latest)}, ${LONGEST_EXEMPTION} days from today`;
  return undefined;
}

/** An exemption holds through its last day: the instant after it, ISO 8601. @param day checked by the schema */
export const endOf = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString();
