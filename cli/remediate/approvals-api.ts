import * as z from 'zod/mini';
import { type SignedPost, signedPost } from '../../shared/aws/signed-request';
import { parseAs } from '../../shared/contracts/parse';
import { Failure } from '../failure';
import type { Target } from '../target';

/** Where approvals and undos are asked for, and for which Region requests to it are signed. */
export interface ApiAddress {
  readonly url: string;
  readonly region: string;
}

const HOST =
  /^[a-z0-9]{1,32}\.execute-api\.([a-z]{2,4}(?:-[a-z]{2,12}){1,3}-\d{1,2})\.amazonaws\.com(\.cn)?$/;
const THIS_MACHINE = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The address that a run names, as far as it is one that a signed request may go to: whoever can write the table must
 * not have ours sent elsewhere.
 *
 * @param region that the table is in
 * @throws Failure when the run names none, or another one
 */
export function apiAddress(
  api: string | undefined,
  { laptop }: Pick<Target, 'laptop'>,
  region: string,
): ApiAddress {
  if (api === undefined || api === '')
    throw new Failure('The run names no address of the API: the stack that made it has none', [
      'compliance.yml lets nothing be changed: set a mode of more than notify, and deploy it',
    ]);
  const url = URL.canParse(api) ? new URL(api) : undefined;
  const isPlain =
    url !== undefined && [url.username, url.password, url.search, url.hash].every((part) => part === '');
  const [, regionOfHost] = HOST.exec(url?.hostname ?? '') ?? [];
  const isAws = url?.protocol === 'https:' && url.port === '' && regionOfHost === region;
  const isHere =
    laptop !== undefined &&
    url?.protocol === 'http:' &&
    THIS_MACHINE.includes(url.hostname) &&
    url.port !== '';
  if (!isPlain || !(laptop === undefined ? isAws : isHere))
    throw new Failure(`The run names ${api} as the address of the API, and no request is sent there`, [
      laptop === undefined
        ? `Expected https://….execute-api.${region}.amazonaws.com: whoever wrote another one into the table wants your signature`
        : 'Expected an address of this machine',
    ]);
  return { url: api.replace(/\/+$/, ''), region };
}

export const Approved = z.object({
  findingId: z.string(),
  run: z.string(),
  approver: z.string(),
  planHash: z.string(),
  expiresAt: z.string(),
});
export const UndoAccepted = z.object({ findingId: z.string(), run: z.string(), askedBy: z.string() });

/** Sends what somebody wants of a run, signed as that person. @throws Failure with what the API says against it */
export async function ask<T>(
  schema: z.ZodMiniType<T>,
  { url, region }: ApiAddress,
  {
    findingId,
    run,
    wants,
    body,
  }: { findingId: string; run: string; wants: 'approval' | 'undo'; body: object },
  credentials: SignedPost['credentials'],
): Promise<T> {
  const answer = await signedPost({
    url: `${url}/findings/${findingId}/runs/${run}/${wants}`,
    body: JSON.stringify(body),
    region,
    credentials,
  });
  if (answer.status !== 202) throw refused(answer.status, messageIn(answer.body), findingId);
  return parseAs(schema, "the API's answer", JSON.parse(answer.body));
}

const refused = (status: number, message: string, findingId: string): Failure =>
  new Failure(
    `The API refuses it (${status}): ${message}`,
    status === 403
      ? [
          'Whoever made the change, or asked for an undo, may not approve it; others need the right execute-api:Invoke on the API',
          'Name other credentials: --profile NAME, or on a laptop --as NAME',
        ]
      : [`Where it stands: trailseal show ${findingId}`],
  );

/** API Gateway itself says `Message` where IAM has refused. */
function messageIn(body: string): string {
  try {
    const { message, Message } = JSON.parse(body) as { message?: unknown; Message?: unknown };
    return String(message ?? Message ?? body).slice(0, 500);
  } catch {
    return body.slice(0, 500);
  }
}
