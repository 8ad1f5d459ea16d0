import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Address } from './s3-address';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD';
  /** Encoded, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The network failed us: no connection, a reset, a silence, or a body that broke off. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

export interface ConnectionSettings {
  /** At most so many at a time to one host; requests beyond wait for one. */
  readonly connections: number;
  readonly connectMs: number;
  /** How long a connection may say nothing while a request is under way; as long it is kept for the next one. */
  readonly silentMs: number;
}

export interface Connections {
  /**
   * The head of the answer. Its body must be read or destroyed. No redirect is followed, nothing is decoded.
   * @throws ConnectionLost
   */
  ask(address: Address, request: HttpRequest): Promise<IncomingMessage>;
}

/** Connections over HTTP/1.1 that are kept open. */
export function connections({
  connections: maxSockets,
  connectMs,
  silentMs,
}: ConnectionSettings): Connections {
  const agents = { http: agentOf(http.Agent), https: agentOf(https.Agent) };

  function agentOf(Agent: typeof http.Agent | typeof https.Agent): http.Agent {
    return new Agent({ keepAlive: true, maxSockets, maxFreeSockets: maxSockets, timeout: silentMs });
  }

  return {
    ask: ({ secure, hostname, port }, { method, path, headers }) =>
      new Promise((resolve, reject) => {
        const agent = secure ? agents.https : agents.http;
        const request = (secure ? https : http).request({
          agent,
          hostname,
          ...(port === undefined ? {} : { port }),
          method,
          path,
          headers,
          timeout: silentMs,
        });
        request
          .once('response', resolve)
          .once('socket', (socket) => limitConnecting(socket, connectMs))
          .once('timeout', () => request.destroy(new Error(`nothing was heard for ${silentMs} ms`)))
          .on('error', (error) => {
            // Kept connections die together, when the server or a frozen function lets them go: try none of the others.
            if (request.reusedSocket) closeKept(agent);
            reject(new ConnectionLost(error.message, { cause: error }));
          })
          .end();
      }),
  };
}

function limitConnecting(socket: Socket, connectMs: number): void {
  if (!socket.connecting) return;
  const timer = setTimeout(
    () => socket.destroy(new Error(`no connection within ${connectMs} ms`)),
    connectMs,
  );
  socket.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}

function closeKept(agent: http.Agent): void {
  for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
}

/** What the head says of the body's length, undefined if nothing. */
export function lengthOf({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

/**
 * The whole body; undefined, and the connection closed, when it is longer than `limit` bytes.
 * @throws ConnectionLost when it breaks off
 */
export function readWhole(answer: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const tooLong = () => {
      answer.destroy();
      resolve(undefined);
    };
    if ((lengthOf(answer) ?? 0) > limit) return tooLong();
    answer
      .on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > limit) tooLong();
      })
      .once('end', () => {
        if (endsForSure(answer))
          resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
        else reject(brokenOff());
      })
      // However it ends, nobody is left waiting.
      .once('close', () => reject(brokenOff()))
      .once('error', (error) => reject(new ConnectionLost(error.message, { cause: error })));
  });
}

/**
 * The body as it comes.
 * @throws ConnectionLost when it breaks off
 */
export async function* readChunks(answer: IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
  const chunks: AsyncIterator<Buffer> = answer[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await chunks.next().catch((error: Error) => {
        throw new ConnectionLost(error.message, { cause: error });
      });
      if (done) break;
      yield value;
    }
  } finally {
    if (!answer.readableEnded) answer.destroy();
  }
  if (!endsForSure(answer)) throw brokenOff();
}

/** A body that ends with its connection may have lost its end unnoticed: only one with a length or in chunks is whole. */
const endsForSure = ({ headers }: IncomingMessage) =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

const brokenOff = () => new ConnectionLost('the body broke off');
