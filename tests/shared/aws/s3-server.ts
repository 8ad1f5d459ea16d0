import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { encodePart } from '../../../shared/aws/s3-address';

export const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
export const REGION = 'eu-central-1';

export interface Asked {
  readonly method: string;
  /** As it came, encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Connections are numbered from 1. */
  readonly connection: number;
}

/** What the server says; `cut` breaks the connection after so many bytes of the body, `silent` says nothing at all, `hangUp` not even that. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly cut?: number;
  readonly silent?: boolean;
  readonly hangUp?: boolean;
}

export interface S3Server {
  readonly url: string;
  readonly asked: Asked[];
  connections(): number;
}

const running: (() => void)[] = [];

/** For afterEach. */
export function stopServers(): void {
  for (const stop of running.splice(0)) stop();
}

/** A server that answers as the test says; @param answer may be a list: one for each request, the last one for the rest */
export async function startServer(answer: readonly Answer[] | ((asked: Asked) => Answer)): Promise<S3Server> {
  const asked: Asked[] = [];
  const sockets: Socket[] = [];
  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const now: Asked = {
      method: request.method ?? '',
      path,
      query: new URLSearchParams(query),
      headers: request.headers,
      connection: sockets.indexOf(request.socket) + 1,
    };
    asked.push(now);
    const said =
      typeof answer === 'function' ? answer(now) : (answer[asked.length - 1] ?? answer.at(-1) ?? {});
    if (said.hangUp) request.socket.destroy();
    if (said.hangUp || said.silent) return;
    const body = Buffer.from(said.body ?? '');
    const headers = { 'content-length': String(body.length), ...said.headers };
    // An empty one is none: a header can't be taken away otherwise.
    response.useChunkedEncodingByDefault = 'transfer-encoding' in headers;
    response.writeHead(
      said.status ?? 200,
      Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== '')),
    );
    if (said.cut === undefined) response.end(request.method === 'HEAD' ? undefined : body);
    else response.write(body.subarray(0, said.cut), () => setTimeout(() => response.destroy(), 10));
  });
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    connections: () => sockets.length,
  };
}

export const refusal = (status: number, code: string, message = 'said by S3', headers = {}): Answer => ({
  status,
  headers,
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

export interface Stored {
  readonly body: Buffer;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly versionId?: string;
}
export type Buckets = Readonly<Record<string, ReadonlyMap<string, Stored>>>;

/** S3's own way to answer, for signed requests only; pages have two entries. */
export const s3Of =
  (buckets: Buckets) =>
  (asked: Asked): Answer => {
    if (!isSigned(asked)) return refusal(403, 'SignatureDoesNotMatch');
    const [, bucket = '', ...segments] = asked.path.split('/');
    const objects = buckets[bucket];
    if (objects === undefined) return refusal(404, 'NoSuchBucket');
    const key = decodeURIComponent(segments.join('/'));
    if (key === '') return list(objects, asked.query);
    const stored = objects.get(key);
    if (stored === undefined) return refusal(404, 'NoSuchKey');
    return {
      headers: {
        etag: `"${etagOf(stored)}"`,
        'content-encoding': 'gzip',
        'content-length': String(stored.body.length),
        ...(stored.versionId === undefined ? {} : { 'x-amz-version-id': stored.versionId }),
        ...Object.fromEntries(
          Object.entries(stored.metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value]),
        ),
      },
      body: stored.body,
    };
  };

export const etagOf = ({ body }: Pick<Stored, 'body'>) => createHash('md5').update(body).digest('hex');

function list(objects: ReadonlyMap<string, Stored>, query: URLSearchParams): Answer {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter')];
  const token = query.get('continuation-token');
  const after = Buffer.from(token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'hex'));
  const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const folded = [...objects.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
      return end === -1 ? key : key.slice(0, end + 1);
    });
  const entries = [...new Set(folded)]
    .sort(byBytes)
    .filter((entry) => Buffer.compare(Buffer.from(entry), after) > 0);
  const page = entries.slice(0, 2);
  const encode = query.get('encoding-type') === 'url' ? urlEncoded : escaped;
  const isFolder = (entry: string) => delimiter !== null && entry.slice(prefix.length).endsWith(delimiter);
  const contents = page
    .filter((entry) => !isFolder(entry))
    .map((key) => {
      const stored = objects.get(key) as Stored;
      return `<Contents><Key>${encode(key)}</Key><LastModified>2026-01-31T09:00:00.000Z</LastModified><ETag>&quot;${etagOf(stored)}&quot;</ETag><Size>${stored.body.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
    });
  const folders = page
    .filter(isFolder)
    .map((entry) => `<CommonPrefixes><Prefix>${encode(entry)}</Prefix></CommonPrefixes>`);
  const more = entries.length > page.length;
  return {
    body: `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>logs</Name><Prefix>${encode(prefix)}</Prefix><MaxKeys>2</MaxKeys><IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${Buffer.from(page.at(-1) ?? '').toString('hex')}</NextContinuationToken>` : ''}${contents.join('')}${folders.join('')}</ListBucketResult>`,
  };
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** As Java's URLEncoder, which S3 uses, but for the slashes. */
const urlEncoded = (text: string) => encodePart(text).replaceAll('%20', '+').replaceAll('%2F', '/');

/** Whether a request's signature is the one that S3 makes for the key it decodes; written from the documentation. */
function isSigned({ method, path, query, headers }: Asked): boolean {
  const [, day = '', region = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\d{8})\/([a-z0-9-]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const canonical = [
    method,
    path
      .split('/')
      .map((segment) => encodePart(decodeURIComponent(segment)))
      .join('/'),
    [...query]
      .map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`)
      .sort()
      .join('&'),
    ...names.split(';').map((name) => `${name}:${headers[name]}`),
    '',
    names,
    headers['x-amz-content-sha256'],
  ].join('\n');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const signingKey = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${CREDENTIALS.secretAccessKey}`,
  );
  const hash = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], `${day}/${region}/s3/aws4_request`, hash].join(
    '\n',
  );
  return (
    headers['x-amz-security-token'] === CREDENTIALS.sessionToken &&
    hmac(signingKey, toSign).toString('hex') === signature
  );
}
