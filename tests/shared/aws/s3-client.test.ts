import { type S3Request, s3Client } from '../../../shared/aws/s3-client';
import { connections, readWhole } from '../../../shared/aws/s3-connections';
import { type Answer, CREDENTIALS, REGION, refusal, startServer, stopServers } from './s3-server';

afterEach(stopServers);

const REQUEST: S3Request = { method: 'GET', bucket: 'logs', key: 'k' };
const settings = { connections: 4, connectMs: 1000, silentMs: 200 };

interface Changes {
  credentials?: () => Promise<typeof CREDENTIALS>;
  region?: () => Promise<string>;
  expectedOwner?: string;
}

async function asking(answers: Parameters<typeof startServer>[0], changes: Changes = {}) {
  const server = await startServer(answers);
  const slept: number[] = [];
  const client = s3Client(
    { credentials: async () => CREDENTIALS, region: async () => REGION, ...changes },
    { endpoint: new URL(server.url), fips: false, dualstack: false },
    connections(settings),
    {
      now: () => Date.UTC(2026, 0, 31, 9),
      random: () => 0.5,
      sleep: async (ms) => {
        slept.push(ms);
      },
    },
    changes.expectedOwner,
  );
  const send = (request = REQUEST) =>
    client.send(request, async (answer) => (await readWhole(answer, 1000))?.toString());
  return { server, slept, send };
}

const regionsOf = (asked: readonly { method: string; headers: { authorization?: string | undefined } }[]) =>
  asked.map(({ method, headers }) => `${method} ${headers.authorization?.split('/')[2]}`);

test('signs with the time, the token and the expected owner', async () => {
  const { server, send } = await asking([{ body: 'b' }], { expectedOwner: '111122223333' });
  expect(await send()).toEqual({ state: 'answered', value: 'b' });
  expect(server.asked[0]?.headers).toMatchObject({
    host: server.url.slice('http://'.length),
    'x-amz-date': '20260131T090000Z',
    'x-amz-security-token': 'token',
    'x-amz-expected-bucket-owner': '111122223333',
    authorization: expect.stringMatching(
      /Credential=AKIDEXAMPLE\/20260131\/eu-central-1\/s3\/aws4_request, SignedHeaders=\S*host;\S*x-amz-expected-bucket-owner;/,
    ),
  });
});

describe('what passes is tried again', () => {
  const busy = refusal(503, 'SlowDown');
  const failing = refusal(500, 'InternalError');

  test.each<[string, Answer[], number[]]>([
    ['throttled', [busy, busy, { body: 'b' }], [500, 1000]],
    ['failing', [failing, failing, failing, { body: 'b' }], [100, 200, 400]],
    ['broken off', [{ body: 'body', cut: 2 }, { body: 'b' }], [100]],
    ['silent', [{ silent: true }, { body: 'b' }], [100]],
  ])('%s', async (_, answers, expected) => {
    const { slept, send } = await asking(answers);
    expect(await send()).toEqual({ state: 'answered', value: 'b' });
    expect(slept).toEqual(expected);
  });

  test.each<[string, Answer, object]>([
    ['throttled', busy, { reason: 'throttled', detail: 'SlowDown (HTTP 503): said by S3' }],
    ['failing', failing, { reason: 'unavailable' }],
    ['silent', { silent: true }, { reason: 'unavailable', detail: 'nothing was heard for 200 ms' }],
  ])('but not for ever: %s', async (_, answer, expected) => {
    const { server, send } = await asking([answer]);
    expect(await send()).toMatchObject({ state: 'unread', ...expected });
    expect(server.asked).toHaveLength(4);
  });

  test.each([
    ['denied', refusal(403, 'AccessDenied')],
    ['missing', refusal(404, 'NoSuchKey')],
  ])('and what stays so is not: %s', async (_, answer) => {
    const { server, slept, send } = await asking([answer]);
    await send();
    expect([server.asked.length, slept]).toEqual([1, []]);
  });

  test('an error of ours goes through', async () => {
    const { server } = await asking([{ body: 'b' }]);
    const client = s3Client(
      { credentials: async () => CREDENTIALS, region: async () => REGION },
      { endpoint: new URL(server.url), fips: false, dualstack: false },
      connections(settings),
      { now: Date.now, random: () => 0, sleep: async () => {} },
    );
    const mistake = new TypeError('ours');
    const taking = client.send(REQUEST, async (answer) => {
      answer.resume();
      throw mistake;
    });
    await expect(taking).rejects.toBe(mistake);
    expect(server.asked).toHaveLength(1);
  });
});

describe("a bucket's Region", () => {
  const there = { 'x-amz-bucket-region': 'eu-west-1' };
  const moved = refusal(301, 'PermanentRedirect', 'm', { ...there, location: 'http://evil.example/' });

  test.each<[string, Answer[], string[]]>([
    ['is in the redirect', [moved, { body: 'b' }], ['GET eu-central-1', 'GET eu-west-1']],
    [
      'is what HeadBucket says, where the answer does not',
      [refusal(400, 'AuthorizationHeaderMalformed'), { status: 400, headers: there }, { body: 'b' }],
      ['GET eu-central-1', 'HEAD eu-central-1', 'GET eu-west-1'],
    ],
    [
      'of one that was just made',
      [refusal(307, 'TemporaryRedirect', 'm', there), { body: 'b' }],
      ['GET eu-central-1', 'GET eu-west-1'],
    ],
  ])('%s', async (_, answers, asked) => {
    const { server, slept, send } = await asking(answers);
    expect(await send()).toEqual({ state: 'answered', value: 'b' });
    expect(regionsOf(server.asked)).toEqual(asked);
    expect(slept).toEqual([]);
  });

  test('is found once', async () => {
    const { server, send } = await asking([moved, { body: 'b' }]);
    await send();
    await send();
    expect(regionsOf(server.asked)).toEqual(['GET eu-central-1', 'GET eu-west-1', 'GET eu-west-1']);
  });

  test('is told to HEAD by the status alone', async () => {
    const { server, send } = await asking([{ status: 400 }, { status: 200, headers: there }, {}]);
    expect(await send({ ...REQUEST, method: 'HEAD' })).toMatchObject({ state: 'answered' });
    expect(regionsOf(server.asked)).toEqual(['HEAD eu-central-1', 'HEAD eu-central-1', 'HEAD eu-west-1']);
  });

  test.each<[string, Answer[], number]>([
    [
      'that is no Region is not believed',
      [{ status: 301, headers: { 'x-amz-bucket-region': 'evil.example/' } }],
      2,
    ],
    ['that S3 does not tell', [{ status: 301, headers: { location: 'http://evil.example/' } }], 2],
    ['that is the one asked', [{ status: 400, headers: { 'x-amz-bucket-region': REGION }, body: 'x' }], 1],
    ['that changes each time', [moved, refusal(301, 'P', 'm', { 'x-amz-bucket-region': 'eu-west-2' })], 2],
  ])('%s', async (_, answers, requests) => {
    const { server, send } = await asking(answers);
    expect(await send()).toMatchObject({ state: 'unread', reason: 'unavailable' });
    expect(server.asked).toHaveLength(requests);
  });

  test('other refusals are not about it', async () => {
    const { server, send } = await asking([refusal(400, 'KMS.DisabledException')]);
    expect(await send()).toMatchObject({ reason: 'decryption-denied' });
    expect(server.asked).toHaveLength(1);
  });

  test('is asked for in us-east-1 by who has none', async () => {
    const { server, send } = await asking([moved, { body: 'b' }], {
      region: async () => {
        throw new Error('Region is missing');
      },
    });
    await send();
    expect(regionsOf(server.asked)).toEqual(['GET us-east-1', 'GET eu-west-1']);
  });
});

test('says so when there are no credentials', async () => {
  const { server, send } = await asking([{}], {
    credentials: async () => {
      throw new Error('Could not load credentials from any providers');
    },
  });
  expect(await send()).toEqual({
    state: 'unread',
    reason: 'access-denied',
    detail: 'no credentials: Could not load credentials from any providers',
  });
  expect(server.asked).toEqual([]);
});

test.each<[number, object]>([
  [404, { state: 'missing', what: 'object' }],
  [403, { state: 'unread', reason: 'access-denied' }],
])('HEAD has its answer in the status alone: %i', async (status, expected) => {
  const { server, send } = await asking([{ status, headers: { 'content-length': '' } }]);
  expect(await send({ ...REQUEST, method: 'HEAD' })).toMatchObject(expected);
  expect(server.asked).toHaveLength(1);
});

test('asks nobody about a name that no bucket can have', async () => {
  const { server, send } = await asking([{}]);
  expect(await send({ ...REQUEST, bucket: 'evil.example/logs' })).toMatchObject({
    state: 'missing',
    what: 'bucket',
  });
  expect(server.asked).toEqual([]);
});

test('keeps connections, and tries no other of them once one turns out to be dead', async () => {
  let dead = 0;
  const { server, slept, send } = await asking(({ connection }) =>
    connection <= dead ? { hangUp: true } : { body: 'b' },
  );
  const four = [REQUEST, REQUEST, REQUEST, REQUEST];
  await Promise.all(four.map((request) => send(request)));
  await Promise.all(four.map((request) => send(request)));
  expect(server.connections()).toBe(4);
  dead = 4;
  expect(await send()).toEqual({ state: 'answered', value: 'b' });
  expect([server.connections(), slept.length]).toEqual([5, 1]);
});
