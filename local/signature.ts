import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A request as it came in. */
export interface SignedRequest {
  method: string;
  /** Path and query, as they were sent. */
  target: string;
  /** By lower-case names, repeated ones joined with commas. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** Where a signature must hold. */
export interface Scope {
  region: string;
  service: string;
}

/** What an Authorization header says. */
export interface Authorization {
  accessKeyId: string;
  /** `20261129/eu-central-1/execute-api/aws4_request` */
  scope: string;
  signedHeaders: readonly string[];
  signature: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const VALID_FOR_MS = 5 * 60_000;

/** Undefined when it is not of Signature Version 4. */
export function readAuthorization(header: string | undefined): Authorization | undefined {
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8}\/[^/,\s]+\/[^/,\s]+\/aws4_request),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
      header ?? '',
    );
  const [, accessKeyId, scope, names, signature] = found ?? [];
  return accessKeyId && scope && names && signature
    ? { accessKeyId, scope, signedHeaders: names.split(';'), signature }
    : undefined;
}

/**
 * Why a signature does not hold, in AWS's words; undefined when it does.
 * @param now milliseconds since 1970
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureFault(
  request: SignedRequest,
  { scope, signedHeaders, signature }: Authorization,
  secret: string,
  { region, service }: Scope,
  now: number,
): string | undefined {
  const date = request.headers['x-amz-date'] ?? '';
  const at = readDate(date);
  if (at === undefined) return "Date must be in ISO-8601 'basic format'. See ISO 8601 for more details.";
  const [day = '', scopedRegion, scopedService] = scope.split('/');
  if (scopedRegion !== region) return `Credential should be scoped to a valid region, not '${scopedRegion}'.`;
  if (scopedService !== service) return `Credential should be scoped to correct service: '${service}'.`;
  if (!date.startsWith(day))
    return 'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date.';
  const late = timeFault(date, at, now);
  if (late !== undefined) return late;
  const unsigned = mustBeSigned(request).filter((name) => !signedHeaders.includes(name));
  if (unsigned.length > 0) return `'${unsigned[0]}' must be a 'SignedHeader' in the AWS Authorization.`;
  const canonical = canonicalRequest(request, signedHeaders);
  if (canonical === undefined) return MISMATCH;
  const toSign = [ALGORITHM, date, scope, sha256(canonical)].join('\n');
  const key = [...scope.split('/')].reduce<Buffer | string>((k, part) => hmac(k, part), `AWS4${secret}`);
  const expected = hmac(key, toSign);
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? undefined : MISMATCH;
}

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

function timeFault(date: string, at: number, now: number): string | undefined {
  const clock = writeDate(now);
  if (at < now - VALID_FOR_MS)
    return `Signature expired: ${date} is now earlier than ${writeDate(now - VALID_FOR_MS)} (${clock} - 5 min.)`;
  if (at > now + VALID_FOR_MS)
    return `Signature not yet current: ${date} is still later than ${writeDate(now + VALID_FOR_MS)} (${clock} + 5 min.)`;
  return undefined;
}

const mustBeSigned = ({ headers }: SignedRequest): string[] => [
  'host',
  ...Object.keys(headers).filter((name) => name.startsWith('x-amz-')),
];

/** Undefined when no client can have signed such a request. */
function canonicalRequest(
  { method, target, headers, body }: SignedRequest,
  signedHeaders: readonly string[],
): string | undefined {
  const [path = '', ...query] = target.split('?');
  const canonicalQuery = canonical(query.join('?'));
  if (canonicalQuery === undefined) return undefined;
  const values = signedHeaders.map((name) => headers[name]);
  if (values.includes(undefined)) return undefined;
  const lines = signedHeaders.map((name, index) => `${name}:${values[index]?.trim().replace(/ +/g, ' ')}\n`);
  return [
    method,
    canonicalPath(path),
    canonicalQuery,
    lines.join(''),
    signedHeaders.join(';'),
    sha256(body),
  ].join('\n');
}

/** Encoded once more than it was sent; every service but S3 wants that. */
function canonicalPath(path: string): string {
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(encode(part));
  }
  const end = kept.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${kept.join('/')}${end}`;
}

function canonical(query: string): string | undefined {
  try {
    return query
      .split('&')
      .filter((part) => part !== '')
      .map((part) => {
        const [name = '', ...value] = part.split('=');
        return [decodeURIComponent(name), decodeURIComponent(value.join('='))].map(encode);
      })
      .sort(([a = '', x = ''], [b = '', y = '']) => compare(a, b) || compare(x, y))
      .map((pair) => pair.join('='))
      .join('&');
  } catch {
    return undefined;
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/** `20261129T120000Z`; undefined when it is no such time. */
function readDate(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? undefined : at;
}

const writeDate = (ms: number) =>
  new Date(ms)
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z');
