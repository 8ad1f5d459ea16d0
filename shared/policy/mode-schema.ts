import * as z from 'zod';
import { type Mode, modes } from '../contracts/trailseal/compliance-policy';
import { didYouMean, found, quoted } from './mistake';

const effects: Readonly<Record<Mode, string>> = {
  off: 'do not judge',
  notify: 'tell people',
  'dry-run': 'also show what would be changed',
  approve: 'change it when a person approves',
  auto: 'change it at once',
};

/** @param whyNot the whole message on a mode that there is, and that can't be chosen here */
export const mode = (allowed: readonly Mode[], whyNot: (chosen: Mode) => string) =>
  z
    .enum(modes, {
      error: ({ code, input }) =>
        code === 'invalid_value' || code === 'invalid_type'
          ? `${input === undefined ? 'is missing: ' : ''}expected one of ${quoted(allowed)}${
              input === undefined ? '' : `, found ${found(input)}${didYouMean(input, allowed)}`
            }`
          : undefined,
    })
    .refine((chosen) => allowed.includes(chosen), { error: ({ input }) => whyNot(input as Mode) })
    .meta({
      enum: [...allowed],
      description: `What to do about findings: ${allowed.map((name) => `${name} (${effects[name]})`).join(', ')}.`,
    });
