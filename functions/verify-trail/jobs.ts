import * as z from 'zod/mini';
import { parseAs } from '../../shared/contracts/parse';

const chain = z.object({
  account: z.string().check(z.regex(/^\d{12}$/)),
  region: z.string(),
  homeRegion: z.string(),
  trail: z.string(),
});
const folder = z.object({
  bucket: z.string(),
  prefix: z.string(),
  organizationId: z.exactOptional(z.string()),
});
const Time = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/));
const digest = { end: Time, backfill: z.boolean() };

/**
 * Work that the functions of verification leave for later, as messages on verify-trail's queue. A job says where to
 * look and nothing else: whoever takes it reads all that it goes by from the bucket and the table.
 *
 * - `check-chain`: verify what is new since the last time. From the schedule it is `thorough`: what was in doubt is
 *   tried again, silence is judged, and the digest next after `sampleAt` is verified once more.
 * - `verify-logs`: one part of a digest's log files.
 * - `verify-again`: a digest and its log files that were verified before.
 * - `check-coverage`: is there a chain for an account and Region that compliance.yml names?
 * - `seal`: look for the record of a call that findings rest on, or look at its files again.
 * - `seek`: look for the cause of a configuration item of which nobody knows who brought it about, in digests that end
 *   not after `before`.
 */
const Job = z.discriminatedUnion('job', [
  z.object({
    job: z.literal('check-chain'),
    chain,
    folder,
    thorough: z.exactOptional(z.boolean()),
    sampleAt: z.exactOptional(Time),
  }),
  z.object({
    job: z.literal('verify-logs'),
    chain,
    folder,
    ...digest,
    part: z.int().check(z.minimum(0)),
    again: z.exactOptional(z.boolean()),
  }),
  z.object({ job: z.literal('verify-again'), chain, folder, ...digest }),
  z.object({ job: z.literal('check-coverage'), account: chain.shape.account, region: z.string() }),
  z.object({
    job: z.literal('seal'),
    account: chain.shape.account,
    eventTime: z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)),
    eventID: z.string().check(z.minLength(1), z.maxLength(200)),
  }),
  z.object({
    job: z.literal('seek'),
    account: chain.shape.account,
    sk: z.string().check(z.minLength(1), z.maxLength(200)),
    before: z.exactOptional(z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/))),
  }),
]);
export type Job = z.infer<typeof Job>;
export type JobOf<Name extends Job['job']> = Extract<Job, { job: Name }>;

/** Only a message with `job` at its top is one: what topics deliver stands inside their envelope. */
export const isJob = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'job' in message;

/** @throws InvalidInput naming the field and what was expected there */
export const parseJob = (message: unknown): Job => parseAs(Job, 'job of verify-trail', message);
