import { createServer } from 'node:net';
import { connections, readChunks, readWhole } from '../../../shared/aws/s3-connections';
import { type Answer, startServer, stopServers } from './s3-server';

afterEach(stopServers);

const settings = { connections: 2, connectMs: 100, silentMs: 150 };

async function ask(url: string, changes: Partial<typeof settings> = {}) {
  const { hostname, port, host } = new URL(url);
  return connections({ ...settings, ...changes }).ask(
    { secure: false, hostname, port: Number(port), host, base: '/' },
    { method: 'GET', path: '/', headers: { host } },
  );
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

const lost = (says: RegExp) => ({ name: 'ConnectionLost', message: expect.stringMatching(says) });
const UNBOUNDED = { 'content-length': '', connection: 'close' };

describe('a body', () => {
  const body = Buffer.alloc(200_000, 'x');
  test.each<[string, Answer]>([
    ['with a length', { body }],
    ['in chunks', { body, headers: { 'content-length': '', 'transfer-encoding': 'chunked' } }],
    ['of nothing', {}],
    ['said to be gzip', { body, headers: { 'content-encoding': 'gzip' } }],
  ])('%s comes whole, and as it is', async (_, answer) => {
    const { url } = await startServer([answer]);
    const expected = Buffer.from(answer.body ?? '');
    expect((await readWhole(await ask(url), 200_000))?.equals(expected)).toBe(true);
    expect((await collect(readChunks(await ask(url)))).equals(expected)).toBe(true);
  });

  test.each<[string, Answer, RegExp]>([
    ['breaks off', { body, cut: 100_000 }, /aborted|broke off/],
    ['ends with the connection alone', { body, headers: UNBOUNDED }, /broke off/],
    [
      'breaks off in chunks',
      { body, cut: 9, headers: { 'content-length': '', 'transfer-encoding': 'chunked' } },
      /./,
    ],
  ])('that %s is no whole one', async (_, answer, says) => {
    const { url } = await startServer([answer]);
    await expect(readWhole(await ask(url), 200_000)).rejects.toMatchObject(lost(says));
    await expect(collect(readChunks(await ask(url)))).rejects.toMatchObject(lost(says));
  });

  test.each<[string, Answer]>([
    ['by its head', { body }],
    ['by its bytes', { body, headers: { 'content-length': '', 'transfer-encoding': 'chunked' } }],
  ])('larger than the limit, %s, is not read on', async (_, answer) => {
    const { url } = await startServer([answer]);
    const response = await ask(url);
    expect(await readWhole(response, 199_999)).toBeUndefined();
    expect(response.destroyed).toBe(true);
  });

  test('that nobody reads to its end gives its connection away', async () => {
    const { url } = await startServer([{ body: Buffer.alloc(5_000_000) }]);
    const response = await ask(url);
    for await (const chunk of readChunks(response)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(response.destroyed).toBe(true);
  });
});

test('a server that says nothing is not waited for', async () => {
  const { url } = await startServer([{ silent: true }]);
  await expect(ask(url)).rejects.toMatchObject(lost(/nothing was heard for 150 ms/));
});

test('a body that falls silent is not waited for', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const response = await ask(`http://127.0.0.1:${port}`);
  await expect(readWhole(response, 100)).rejects.toMatchObject(lost(/./));
  server.close();
});

test('nobody who listens', async () => {
  await expect(ask('http://127.0.0.1:1')).rejects.toMatchObject(lost(/ECONNREFUSED/));
});

test('an answer that is not HTTP', async () => {
  const server = createServer((socket) => socket.end('220 mail ready\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await expect(ask(`http://127.0.0.1:${port}`)).rejects.toMatchObject(lost(/Parse Error/));
  server.close();
});

test('requests beyond the connections wait for one', async () => {
  const server = await startServer([{ body: 'b' }]);
  const { hostname, port, host } = new URL(server.url);
  const open = connections({ ...settings, connections: 1 });
  const one = () =>
    open.ask(
      { secure: false, hostname, port: Number(port), host, base: '/' },
      { method: 'GET', path: '/', headers: { host } },
    );
  const first = await one();
  const second = one();
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(server.asked).toHaveLength(1);
  await readWhole(first, 10);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect((await readWhole(await second, 10))?.toString()).toBe('b');
  expect(server.connections()).toBe(1);
});
