import { createHash } from 'node:crypto';
import type * as z from 'zod/mini';
import type { Json, JsonObject } from '../contracts/aws/configuration-item';
import { expectation, writePath } from '../contracts/parse';
import type { AwsCall, Plan, Refusal, Target } from '../contracts/trailseal/remediation';
import type { AnyRemediation, Occasion, Planned } from './remediation';
import { sessionPolicy } from './session-policy';

/** A capture has a row of its own, and DynamoDB takes 400 KB in one. */
const MOST_BYTES = 350_000;
/** More calls than one run of a function can make and record. */
const MOST_CALLS = 100;

/** JSON with the members of objects in the order of their names: equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** @returns the hash that an approval of the plan is bound to, SHA-256 in hex */
export const planHash = ({ hash: _, ...plan }: Omit<Plan, 'hash'> & { readonly hash?: string }): string =>
  createHash('sha256').update(canonicalJson(plan)).digest('hex');

export type Captured = { readonly captured: Json } | { readonly refusal: Refusal };

/**
 * What is kept of AWS's answers: the members that the remediation names.
 * @param answers by the names of its `reads`; null where AWS said that there is none
 */
export function capture(remediation: AnyRemediation, answers: Readonly<Record<string, Json>>): Captured {
  const parsed = remediation.captured.safeParse(answers);
  if (!parsed.success) {
    const [issue] = (parsed.error as z.core.$ZodError).issues;
    const expected = issue ? expectation(issue) : 'another value';
    return unreadable(
      `AWS's answer is not as expected: ${writePath(issue?.path ?? [])} must be ${expected}.`,
    );
  }
  // Without the members that are there and undefined, which JSON doesn't have.
  const captured = JSON.parse(JSON.stringify(parsed.data)) as Json;
  const bytes = Buffer.byteLength(JSON.stringify(captured));
  return bytes > MOST_BYTES
    ? unreadable(`The state takes ${bytes} bytes, and ${MOST_BYTES} are kept at most.`)
    : { captured };
}

const unreadable = (says: string): Captured => ({ refusal: { code: 'unreadable', says } });

export type Proposal = { readonly plan: Plan } | { readonly refusal: Refusal };

/**
 * The plan for a captured state, or why there is none.
 * @param settings valid for the remediation's own schema
 */
export function propose(
  remediation: AnyRemediation,
  situation: {
    readonly captured: Json;
    readonly target: Target;
    readonly occasion: Occasion;
    readonly settings: unknown;
  },
): Proposal {
  const planned = remediation.plan(situation) as Planned<Json>;
  if (planned.outcome !== 'change')
    return { refusal: { code: planned.outcome, says: asSentence(planned.because) } };
  if (planned.calls.length > MOST_CALLS)
    return {
      refusal: {
        code: 'cannot',
        says: `It would take ${planned.calls.length} calls, and ${MOST_CALLS} are made at most.`,
      },
    };
  const limits = sessionPolicy(planned.calls);
  // Nobody is asked to approve what no session could do.
  if ('refused' in limits) return { refusal: { code: 'cannot', says: limits.refused } };
  const { occasion, target, captured } = situation;
  const plan = {
    does: 'fix' as const,
    remediation: remediation.id,
    version: remediation.version,
    findingId: occasion.findingId,
    control: occasion.control,
    target,
    calls: [...planned.calls],
    before: remediation.meaning(captured),
    after: remediation.meaning(planned.after),
    notes: [...(planned.notes ?? [])],
  };
  return { plan: { ...plan, hash: planHash(plan) } };
}

/** Names of files and ARNs keep their letters. */
const asSentence = (text: string) =>
  `${/^[a-z]+[ ']/.test(text) ? text.slice(0, 1).toUpperCase() : text.slice(0, 1)}${text.slice(1)}.`;

/**
 * The input of a call in which the answers of earlier ones have taken their places.
 * @param answers of the calls before it, in order
 * @throws when an answer lacks the member: AWS did not do what it was asked
 */
export function inputOf(call: AwsCall, answers: readonly JsonObject[]): JsonObject {
  const filled = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(filled);
    if (typeof value !== 'object' || value === null) return value;
    const reference: Json | undefined = (value as JsonObject)['$answer'];
    if (!Array.isArray(reference))
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member)]));
    const [index, name] = reference as unknown as readonly [number, string];
    const member = answers[index]?.[name];
    if (member === undefined) throw new Error(`the answer of call ${index} has no ${name}`);
    return member;
  };
  return filled(call.input) as JsonObject;
}

/** A member of the answer to an earlier call of the same list. */
export const answerOf = (call: number, member: string): JsonObject => ({ $answer: [call, member] });

/** A token, as a UUID, that is the same for the same exposure: AWS does what comes with it once. */
export function tokenFor({ findingId, since }: Occasion, remediation: string): string {
  const digest = createHash('sha256').update([remediation, findingId, since].join('\n')).digest('hex');
  return digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A time in the input of a call. */
export const timeOf = (iso: string): JsonObject => ({ $time: iso });
