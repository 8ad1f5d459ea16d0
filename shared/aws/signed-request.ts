import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from './sha256';

type Credentials = ConstructorParameters<typeof SignatureV4>[0]['credentials'];

export interface SignedPost {
  /** https, or on this very machine http. */
  readonly url: string;
  /** JSON, as text. */
  readonly body: string;
  readonly region: string;
  /** Keys, or what the SDK calls a provider of them: a client's `config.credentials`. */
  readonly credentials: Credentials;
  /** Milliseconds since 1970: a signature holds for five minutes. */
  readonly now?: () => number;
}

/** An HTTP API waits up to 30 s for its function. */
const ANSWERS_WITHIN_MS = 35_000;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Sends JSON to an HTTP API under the caller's own permission. The signature holds for this host, path and body alone,
 * and follows no redirect.
 *
 * @returns whatever the API answers
 * @throws Error when there are no credentials, the address is not safe, or nobody answers in time
 */
export async function signedPost({
  url,
  body,
  region,
  credentials,
  now = Date.now,
}: SignedPost): Promise<{ readonly status: number; readonly body: string }> {
  const { protocol, host, hostname, pathname, searchParams } = new URL(url);
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.includes(hostname)))
    throw new Error(`${protocol}//${host} is asked by https only: a request carries credentials`);
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign(
    {
      method: 'POST',
      protocol,
      hostname,
      path: pathname,
      query: Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)])),
      headers: { host, 'content-type': 'application/json' },
      body,
    },
    { signingDate: new Date(now()) },
  );
  const { host: _, ...sent } = headers;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: sent,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
    return { status: answer.status, body: await answer.text() };
  } catch (error) {
    // fetch itself only says that it failed.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`${host} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause: error,
    });
  }
}
