import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { accessKeyOf } from '../../local/access';
import type { JsonObject } from '../../local/json';
import { readAuthorization, type SignedRequest, signatureFault } from '../../local/signature';
import type { Template } from '../../local/template';
import { Sha256 } from '../../shared/aws/sha256';
import { signedPost } from '../../shared/aws/signed-request';
import { parseHttpRequest } from '../../shared/contracts/aws/http-request';
import { httpApi, lambda } from '../support/http-api-template';
import { ACCOUNT, type Handler, REGION, startTestAws, stopAll, type TestAws } from '../support/local-aws';

afterEach(stopAll);

const ROUTE = 'POST /findings/{findingId}/approval';
const OPEN_ROUTE = 'POST /open';
const INVOKE = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' };
const OPERATOR = { accessKeyId: 'operator', secretAccessKey: 'local' };
type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

const template = (): Template => ({
  Resources: {
    ...lambda('Answer', 'answer', [INVOKE]),
    ...lambda('Other', 'other', []),
    ...httpApi('AnswerFunction', {
      [ROUTE]: 'AWS_IAM',
      [OPEN_ROUTE]: 'NONE',
      'POST /findings/mine/approval': 'AWS_IAM',
    }),
    PersonRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'security',
        AssumeRolePolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: { 'Fn::GetAtt': ['OtherRole', 'Arn'] } },
              Action: 'sts:AssumeRole',
            },
          ],
        },
        Policies: [{ PolicyName: 'approve', PolicyDocument: { Statement: [INVOKE] } }],
      },
    },
  },
});

interface World {
  aws: TestAws;
  /** What the function was given. */
  events: JsonObject[];
  address: string;
  post(
    path: string,
    as?: Keys,
    more?: Partial<Parameters<typeof signedPost>[0]>,
  ): ReturnType<typeof signedPost>;
}

async function started(
  answer: Handler = () => ({ statusCode: 202, body: '{}' }),
  made = template(),
): Promise<World> {
  const events: JsonObject[] = [];
  const handler: Handler = (event, clients) => {
    events.push(event as JsonObject);
    return answer(event, clients);
  };
  const aws = await startTestAws(made, { answer: handler });
  const address = String(aws.stack.resolve({ 'Fn::GetAtt': ['Api', 'ApiEndpoint'] }));
  return {
    aws,
    events,
    address,
    post: (path, credentials = OPERATOR, more = {}) =>
      signedPost({
        url: `${address}${path}`,
        body: '{"a":1}',
        region: REGION,
        credentials,
        now: () => aws.clock.now(),
        ...more,
      }),
  };
}

/** Sends what it is told to, to the letter. */
const raw = (address: string, path: string, headers: Record<string, string> = {}, body = '') =>
  new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const { hostname, port, pathname } = new URL(address);
    request({ hostname, port, path: `${pathname}${path}`, method: 'POST', headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, body: text }));
    })
      .on('error', reject)
      .end(body);
  });

describe('a request that is let in', () => {
  test('reaches the function in payload format 2.0, with who signed it', async () => {
    const { aws, events, address, post } = await started();
    const alice = aws.people.add('alice', [INVOKE]);
    expect(await post('/findings/F%201/approval?b=2&b=3&a=', alice)).toEqual({ status: 202, body: '{}' });
    const apiId = address.split('/').at(-1);
    const { host } = new URL(address);
    expect(events).toEqual([
      {
        version: '2.0',
        routeKey: ROUTE,
        rawPath: '/findings/F%201/approval',
        rawQueryString: 'b=2&b=3&a=',
        queryStringParameters: { a: '', b: '2,3' },
        headers: expect.objectContaining({
          host,
          'content-type': 'application/json',
          authorization: expect.stringContaining(alice.accessKeyId),
        }),
        requestContext: {
          accountId: ACCOUNT,
          apiId,
          authorizer: {
            iam: {
              accessKey: alice.accessKeyId,
              accountId: ACCOUNT,
              callerId: 'AIDALOCALALICE',
              cognitoIdentity: null,
              principalOrgId: null,
              userArn: `arn:aws:iam::${ACCOUNT}:user/alice`,
              userId: 'AIDALOCALALICE',
            },
          },
          domainName: host,
          domainPrefix: '127',
          http: {
            method: 'POST',
            path: '/findings/F%201/approval',
            protocol: 'HTTP/1.1',
            sourceIp: '127.0.0.1',
            userAgent: 'node',
          },
          requestId: expect.any(String),
          routeKey: ROUTE,
          stage: '$default',
          time: '31/Jan/2026:10:00:00 +0000',
          timeEpoch: aws.clock.now(),
        },
        pathParameters: { findingId: 'F 1' },
        body: '{"a":1}',
        isBase64Encoded: false,
      },
    ]);
    expect(parseHttpRequest(events[0])).toMatchObject({ route: ROUTE, caller: alice.arn, body: '{"a":1}' });
    expect(aws.calls).toContainEqual(
      expect.objectContaining({
        caller: 'alice',
        action: 'execute-api:Invoke',
        resource: `arn:aws:execute-api:${REGION}:${ACCOUNT}:${apiId}/$default/POST/findings/F%201/approval`,
        allowed: true,
      }),
    );
    expect(aws.deniedCalls()).toEqual([]);
  });

  test('a path that is written out comes before one with open parts', async () => {
    const { events, post } = await started();
    await post('/findings/mine/approval');
    expect(events[0]).toMatchObject({ routeKey: 'POST /findings/mine/approval' });
  });

  test('a body that is not text comes in base64', async () => {
    const { events, address } = await started();
    await raw(address, '/open', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=ü');
    expect(events[0]).toMatchObject({ body: Buffer.from('a=ü').toString('base64'), isBase64Encoded: true });
    expect(parseHttpRequest(events[0])).toMatchObject({ body: 'a=ü', caller: undefined });
  });

  test('without authorisation has no caller', async () => {
    const { events, address } = await started();
    expect(await raw(address, '/open')).toMatchObject({ status: 202 });
    expect(events[0]).not.toHaveProperty('requestContext.authorizer');
    expect(events[0]).not.toHaveProperty('body');
  });

  test.each<[string, (world: World) => Keys | Promise<Keys>, string]>([
    ['the operator', () => OPERATOR, `arn:aws:iam::${ACCOUNT}:user/operator`],
    [
      'a function',
      () => ({ accessKeyId: accessKeyOf('AnswerFunction'), secretAccessKey: 'local' }),
      `arn:aws:sts::${ACCOUNT}:assumed-role/trailseal-test-AnswerRole/answer`,
    ],
    ['a session', (world) => session(world), `arn:aws:sts::${ACCOUNT}:assumed-role/security/carla`],
    ['a user', ({ aws }) => aws.people.add('carla', [INVOKE]), `arn:aws:iam::${ACCOUNT}:user/carla`],
  ])('%s is named as GetCallerIdentity does', async (_name, keysOf, arn) => {
    const world = await started();
    const keys = await keysOf(world);
    expect(await world.post('/findings/F1/approval', keys)).toMatchObject({ status: 202 });
    const sts = new STSClient({ endpoint: world.aws.url, region: REGION, credentials: keys });
    const said = await sts.send(new GetCallerIdentityCommand({}));
    expect(said.Arn).toBe(arn);
    expect(world.events[0]).toHaveProperty(
      'requestContext.authorizer.iam',
      expect.objectContaining({ userArn: arn, userId: said.UserId, callerId: said.UserId }),
    );
  });
});

async function session({ aws }: World): Promise<Keys> {
  const sts = new STSClient({
    endpoint: aws.url,
    region: REGION,
    credentials: { accessKeyId: accessKeyOf('OtherFunction'), secretAccessKey: 'local' },
  });
  // The role of the other function may assume it by the role's own word.
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: aws.arn('PersonRole'), RoleSessionName: 'carla' }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

describe('a request that is refused', () => {
  const MINUTE = 60_000;
  const said = (text: string) => JSON.stringify({ message: text });

  test.each<[string, (world: World) => ReturnType<World['post']>, number, string | RegExp]>([
    [
      'without a signature',
      ({ address }) => raw(address, '/findings/F1/approval') as never,
      403,
      said('Missing Authentication Token'),
    ],
    [
      'with another kind of authorisation',
      ({ address }) => raw(address, '/findings/F1/approval', { authorization: 'Bearer x' }) as never,
      403,
      /Signature Version 4/,
    ],
    ['to a route that is not there', ({ post }) => post('/findings/F1/denial'), 404, said('Not Found')],
    ['with an empty part of its path', ({ post }) => post('/findings//approval'), 404, said('Not Found')],
    [
      'to an API that is not there',
      ({ aws, post }) => post('', OPERATOR, { url: `${aws.url}/_apis/abc/findings/F1/approval` }),
      404,
      said('Not Found'),
    ],
    [
      'by an unknown key',
      ({ post }) => post('/findings/F1/approval', { ...OPERATOR, accessKeyId: 'AKIAUNKNOWN' }),
      403,
      said('The security token included in the request is invalid.'),
    ],
    [
      'with a wrong secret',
      ({ post }) => post('/findings/F1/approval', { ...OPERATOR, secretAccessKey: 'Local' }),
      403,
      /^{"message":"The request signature we calculated does not match/,
    ],
    [
      'for another region',
      ({ post }) => post('/findings/F1/approval', OPERATOR, { region: 'eu-west-1' }),
      403,
      /valid region, not 'eu-west-1'/,
    ],
    [
      'signed too long ago',
      ({ aws, post }) => post('/findings/F1/approval', OPERATOR, { now: () => aws.clock.now() - 6 * MINUTE }),
      403,
      said(
        'Signature expired: 20260131T095400Z is now earlier than 20260131T095500Z (20260131T100000Z - 5 min.)',
      ),
    ],
    [
      'signed for later',
      ({ aws, post }) => post('/findings/F1/approval', OPERATOR, { now: () => aws.clock.now() + 6 * MINUTE }),
      403,
      /^{"message":"Signature not yet current/,
    ],
    [
      'in a session that is over',
      async (world) => {
        const keys = await session(world);
        world.aws.clock.advance(61 * MINUTE);
        return world.post('/findings/F1/approval', keys);
      },
      403,
      /token included in the request is expired/,
    ],
    [
      "with a session's keys and no token",
      async (world) => {
        const { sessionToken: _, ...keys } = await session(world);
        return world.post('/findings/F1/approval', keys);
      },
      403,
      /token included in the request is invalid/,
    ],
    [
      'with the secret of somebody else',
      ({ aws, post }) => {
        const [alice, carla] = [aws.people.add('alice', [INVOKE]), aws.people.add('carla', [INVOKE])];
        return post('/findings/F1/approval', {
          accessKeyId: carla.accessKeyId,
          secretAccessKey: alice.secretAccessKey,
        });
      },
      403,
      /does not match/,
    ],
  ])('%s', async (_name, ask, status, body) => {
    const world = await started();
    const answer = await ask(world);
    expect(answer.status).toBe(status);
    if (typeof body === 'string') expect(answer.body).toBe(body);
    else expect(answer.body).toMatch(body);
    expect(world.events).toEqual([]);
  });

  test.each<[string, object[]]>([
    ['no right', []],
    [
      'a right to another route',
      [{ ...INVOKE, Resource: 'arn:aws:execute-api:*:*:*/$default/POST/findings/F2/*' }],
    ],
    ['a right that is denied', [INVOKE, { ...INVOKE, Effect: 'Deny', Resource: '*/approval' }]],
  ])('by a user with %s, which is recorded', async (_name, statements) => {
    const { aws, events, post } = await started();
    expect(await post('/findings/F1/approval', aws.people.add('bob', statements))).toEqual({
      status: 403,
      body: '{"Message":"User is not authorized to access this resource"}',
    });
    expect(aws.deniedCalls()).toMatchObject([{ caller: 'bob', action: 'execute-api:Invoke' }]);
    expect(events).toEqual([]);
  });

  test('by a browser gets no answer', async () => {
    const { address, events } = await started();
    await expect(raw(address, '/open', { origin: 'https://example.com' })).rejects.toThrow('socket hang up');
    await expect(raw(address, '/open', { host: 'evil.example' })).rejects.toThrow('socket hang up');
    expect(events).toEqual([]);
  });

  test('where the function does not let the API call it', async () => {
    const made = template();
    const { ApiPermission, ...Resources } = made.Resources;
    const world = await started(undefined, { ...made, Resources });
    expect(ApiPermission).toBeDefined();
    expect(await world.post('/findings/F1/approval')).toEqual({
      status: 500,
      body: said('Internal Server Error'),
    });
    expect(world.events).toEqual([]);
    expect(world.aws.deniedCalls()).toMatchObject([
      { caller: 'apigateway.amazonaws.com', action: 'lambda:InvokeFunction' },
    ]);
  });
});

describe("a function's answer", () => {
  test.each<[string, unknown, number, string]>([
    ['a response', { statusCode: 409, headers: { 'X-A': 'b' }, body: 'no' }, 409, 'no'],
    ['a response in base64', { statusCode: 200, body: 'bm8=', isBase64Encoded: true }, 200, 'no'],
    ['anything else', { a: 1 }, 200, '{"a":1}'],
    ['a response that is none', { statusCode: 'soon' }, 500, '{"message":"Internal Server Error"}'],
  ])('%s', async (_name, answer, status, body) => {
    const { post } = await started(() => answer);
    expect(await post('/findings/F1/approval')).toEqual({ status, body });
  });

  test('an error of its own is not told', async () => {
    const { post } = await started(() => {
      throw new Error('secret');
    });
    expect(await post('/findings/F1/approval')).toEqual({
      status: 500,
      body: '{"message":"Internal Server Error"}',
    });
  });

  test('one that does not come within 30 s is not waited for', async () => {
    let called = () => {};
    const hangs = new Promise<void>((resolve) => {
      called = resolve;
    });
    let go = () => {};
    const { aws, post } = await started(() => {
      called();
      return new Promise<void>((resolve) => {
        go = resolve;
      });
    });
    const answer = post('/findings/F1/approval');
    await hangs;
    aws.clock.advance(29_999);
    aws.clock.advance(1);
    expect(await answer).toEqual({ status: 503, body: '{"message":"Service Unavailable"}' });
    go();
  });
});

test.each([
  ['a route for any method', 'ApiRoute0', { RouteKey: 'ANY /findings' }, /RouteKey/],
  ['a greedy path', 'ApiRoute0', { RouteKey: 'GET /{all+}' }, /RouteKey/],
  ['another authorisation', 'ApiRoute0', { AuthorizationType: 'JWT' }, /AuthorizationType/],
  ['the older payload format', 'ApiIntegration', { PayloadFormatVersion: '1.0' }, /PayloadFormatVersion/],
  ['another stage', 'ApiStage', { StageName: 'v1' }, /StageName/],
  ['browsers let in', 'Api', { CorsConfiguration: {} }, /CorsConfiguration/],
])('%s is not simulated', async (_name, id, properties, message) => {
  const made = template();
  const declared = made.Resources[id];
  const changed = { ...declared, Properties: { ...declared?.Properties, ...properties } };
  await expect(
    started(undefined, { Resources: { ...made.Resources, [id]: changed as never } }),
  ).rejects.toThrow(message);
});

describe('what a signature holds for', () => {
  const NOW = Date.UTC(2026, 10, 29, 12);
  const scope = { region: REGION, service: 'execute-api' };

  async function signed(path: string, query: Record<string, string>, body: string): Promise<SignedRequest> {
    const signer = new SignatureV4({ ...scope, credentials: OPERATOR, sha256: Sha256 });
    const { headers } = await signer.sign(
      {
        method: 'POST',
        protocol: 'https:',
        hostname: 'api.example',
        path,
        query,
        headers: { host: 'api.example', 'content-type': 'application/json', 'x-note': 'a b' },
        body,
      },
      { signingDate: new Date(NOW) },
    );
    const written = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join('='));
    const target = [path, ...(written.length > 0 ? [written.join('&')] : [])].join('?');
    return { method: 'POST', target, headers, body: Buffer.from(body) };
  }

  const fault = (request: SignedRequest, at = NOW) => {
    const authorization = readAuthorization(request.headers['authorization']);
    return authorization ? signatureFault(request, authorization, 'local', scope, at) : 'none';
  };

  const word = fc.stringMatching(/^[a-zA-Z0-9]{1,12}$/);
  const asked = fc.record({
    path: fc.array(word, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
    query: fc.dictionary(word, fc.string({ maxLength: 8, unit: 'grapheme' }), { maxKeys: 3 }),
    body: fc.string({ maxLength: 40, unit: 'grapheme' }),
  });

  type Change = (request: SignedRequest, at: number, by: string) => SignedRequest | undefined;

  /** Another printable character in place of one that is there; undefined when it is the same. */
  const changed = (text: string, at: number, by: string) => {
    const index = at % text.length;
    return text[index] === by ? undefined : text.slice(0, index) + by + text.slice(index + 1);
  };

  test('it holds for what was signed, within five minutes', () =>
    fc.assert(
      fc.asyncProperty(asked, fc.integer({ min: -300_000, max: 300_000 }), async (one, skew) => {
        expect(fault(await signed(one.path, one.query, one.body), NOW + skew)).toBeUndefined();
      }),
      { numRuns: 100 },
    ));

  test.each<[string, Change]>([
    [
      'method',
      (r, at, by) => {
        const method = changed(r.method, at, by);
        return method === undefined ? undefined : { ...r, method };
      },
    ],
    [
      'path',
      (r, at, by) => {
        const [path = '', ...query] = r.target.split('?');
        const next = changed(path.slice(1), at, by);
        return next === undefined ? undefined : { ...r, target: [`/${next}`, ...query].join('?') };
      },
    ],
    [
      'query',
      (r, at, by) => {
        const [path = '', query = ''] = r.target.split('?');
        // A digit of an escape may be written in two ways.
        const next = query === '' || query.includes('%') ? undefined : changed(query, at, by);
        return next === undefined ? undefined : { ...r, target: `${path}?${next}` };
      },
    ],
    [
      'body',
      (r, at, by) => {
        const next = r.body.length === 0 ? undefined : changed(r.body.toString('latin1'), at, by);
        return next === undefined ? undefined : { ...r, body: Buffer.from(next, 'latin1') };
      },
    ],
    ...['host', 'content-type', 'x-note', 'x-amz-date', 'x-amz-content-sha256', 'authorization'].map(
      (name): [string, Change] => [
        `header ${name}`,
        (r, at, by) => {
          const value = r.headers[name] ?? '';
          // Whose key it is, is looked up, and decides by which secret it is checked.
          const from = name === 'authorization' ? value.indexOf('/') : 0;
          const next = changed(value.slice(from), at, by);
          if (next === undefined) return undefined;
          return { ...r, headers: { ...r.headers, [name]: value.slice(0, from) + next } };
        },
      ],
    ),
  ])('it does not hold once a byte of its %s is another', (_name, change) =>
    fc.assert(
      fc.asyncProperty(asked, fc.nat(200), fc.constantFrom(...'abyzABYZ019'), async (one, at, by) => {
        const other = change(await signed(one.path, one.query, one.body), at, by);
        fc.pre(other !== undefined);
        expect(fault(other as SignedRequest)).toEqual(expect.any(String));
      }),
      { numRuns: 100 },
    ),
  );

  test('what was added to a body, a query or the signed headers is not covered', async () => {
    const request = await signed('/a/b', { q: '1' }, 'body');
    expect(fault({ ...request, body: Buffer.from('body ') })).toMatch(/does not match/);
    expect(fault({ ...request, target: `${request.target}&r=2` })).toMatch(/does not match/);
    expect(fault({ ...request, headers: { ...request.headers, 'x-amz-target': 'x' } })).toMatch(
      /'x-amz-target' must be a 'SignedHeader'/,
    );
    const empty = createHash('sha256').update('').digest('hex');
    const claimed = { ...request.headers, 'x-amz-content-sha256': empty };
    expect(fault({ ...request, headers: claimed, body: Buffer.alloc(0) })).toMatch(/does not match/);
  });

  test('of another service, it does not hold', async () => {
    const signer = new SignatureV4({ region: REGION, service: 's3', credentials: OPERATOR, sha256: Sha256 });
    const { headers } = await signer.sign(
      { method: 'POST', protocol: 'https:', hostname: 'h', path: '/', headers: { host: 'h' } },
      { signingDate: new Date(NOW) },
    );
    expect(fault({ method: 'POST', target: '/', headers, body: Buffer.alloc(0) })).toMatch(
      /correct service: 'execute-api'/,
    );
  });
});

test('credentials go to nobody over plain HTTP but to this machine', async () => {
  const asked = { body: '', region: REGION, credentials: OPERATOR };
  await expect(signedPost({ ...asked, url: 'http://api.example/findings' })).rejects.toThrow(/by https only/);
  await expect(signedPost({ ...asked, url: 'http://127.0.0.1:9/findings' })).rejects.toThrow(
    /127\.0\.0\.1:9 does not answer/,
  );
});
