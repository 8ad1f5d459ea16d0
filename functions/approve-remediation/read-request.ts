import * as z from 'zod/mini';
import type { HttpRequest } from '../../shared/contracts/aws/http-request';
import { expectation, writePath } from '../../shared/contracts/parse';
import { Id } from '../../shared/contracts/trailseal/remediate-job';
import { principal } from '../../shared/remediations/approval';
import type { Refused } from './decide';

const MOST_BODY_BYTES = 4096;

const Path = z.object({ findingId: Id, runId: Id });
const bodies = {
  approval: z.strictObject({
    planHash: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
    nonce: z.string().check(z.minLength(1), z.maxLength(128)),
  }),
  undo: z.strictObject({ force: z.boolean() }),
};

const wishes = {
  'POST /findings/{findingId}/runs/{runId}/approval': 'approval',
  'POST /findings/{findingId}/runs/{runId}/undo': 'undo',
} as const;

/** The routes of the API, as it names them. */
export const routes = Object.keys(wishes);

/** What somebody wants of a run. */
export type Wish = { readonly findingId: string; readonly runId: string; readonly caller: string } & (
  | { readonly wants: 'approval'; readonly body: z.infer<typeof bodies.approval> }
  | { readonly wants: 'undo'; readonly body: z.infer<typeof bodies.undo> }
);

/** Who asks comes first: nobody else is told what would have been right. */
export function readRequest({
  caller = '',
  route,
  parameters,
  body,
}: HttpRequest): { readonly wish: Wish } | { readonly refused: Refused } {
  if (!principal.test(caller))
    return { refused: { status: 403, message: 'The request names no caller whom IAM has authorised.' } };
  const wants = Object.entries(wishes).find(([known]) => known === route)?.[1];
  if (wants === undefined)
    return { refused: { status: 404, message: 'There is no such route in this API.' } };
  const path = checked(Path, 'path', parameters);
  if ('refused' in path) return path;
  const sent = parsed(body);
  if ('refused' in sent) return sent;
  const named = { ...path.value, caller };
  if (wants === 'approval') {
    const read = checked(bodies.approval, 'body', sent.value);
    return 'refused' in read ? read : { wish: { ...named, wants, body: read.value } };
  }
  const read = checked(bodies.undo, 'body', sent.value);
  return 'refused' in read ? read : { wish: { ...named, wants, body: read.value } };
}

type Checked<T> = { readonly value: T } | { readonly refused: Refused };

function parsed(body: string): Checked<unknown> {
  if (Buffer.byteLength(body) > MOST_BODY_BYTES)
    return refusing(`body: expected at most ${MOST_BODY_BYTES} bytes`);
  try {
    return { value: JSON.parse(body) as unknown };
  } catch {
    return refusing('body: expected JSON');
  }
}

function checked<T>(schema: z.ZodMiniType<T>, where: string, value: unknown): Checked<T> {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  const [issue] = result.error.issues;
  const field = [where, ...(issue?.path ?? [])];
  return refusing(`${writePath(field)}: expected ${issue ? expectation(issue) : 'another value'}`);
}

const refusing = (message: string): { readonly refused: Refused } => ({ refused: { status: 400, message } });
