import { evidenceFrom } from '../../../functions/remediate-finding/evidence';
import type { OpenProblem } from '../../../shared/aws/chains-table';
import type { Finding } from '../../../shared/contracts/trailseal/finding';

const ACCOUNT = '123456789012';
const ROLE = 'arn:aws:iam::123456789012:role/trailseal-dev-remediation';

const actor = {
  type: 'AssumedRole',
  principal: 'arn:aws:sts::123456789012:assumed-role/x/y',
  issuer: ROLE,
  console: false,
};
const call = (eventID: string) => ({
  eventID,
  eventName: 'AuthorizeSecurityGroupIngress',
  eventSource: 'ec2.amazonaws.com',
  eventTime: '2026-11-29T12:00:00.000Z',
  awsRegion: 'eu-central-1',
  actor,
  proof: { state: 'pending' as const, says: '' },
});
const OBSERVED = '2026-11-29T12:01:00.000Z';

const finding = {
  id: 'MFRGGZDFMZTWQ2LKNNWG23TPOB',
  accountId: ACCOUNT,
  region: 'eu-central-1',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-0123456789abcdef0',
  judgement: { observedAt: OBSERVED },
  links: [
    {
      observedAt: '2026-11-28T00:00:00.000Z',
      configurationStateId: '1',
      actor: 'named',
      calls: [call('old')],
    },
    { observedAt: OBSERVED, configurationStateId: '2', actor: 'named', calls: [call('event-1')] },
  ],
} as unknown as Finding;

const raw = (eventID: string, requestID: string) => ({
  eventID,
  requestID,
  userIdentity: { sessionContext: { sessionIssuer: { arn: ROLE } } },
});

interface World {
  readonly tags?: Record<string, string>;
  readonly chains?: readonly string[];
  readonly problems?: readonly Partial<OpenProblem>[];
  readonly witnessed?: object;
  readonly filed?: readonly object[];
}

function evidence({ tags = {}, chains = [], problems = [], witnessed, filed = [] }: World) {
  const asked: unknown[] = [];
  return {
    asked,
    evidence: evidenceFrom({
      tags: { latest: async () => tags },
      chains: {
        chains: async (of) => {
          asked.push(of);
          return chains.map((trail) => ({ chain: { trail } }) as never);
        },
        problems: async () => problems as OpenProblem[],
      },
      witnesses: {
        read: async (name) => (witnessed ? ({ ...name, record: witnessed } as never) : undefined),
      },
      index: { calls: async () => filed as never },
      home: { accountId: ACCOUNT, region: 'eu-central-1' },
    }),
  };
}

test.each<[string, World, Partial<Finding>, unknown]>([
  ['no chain is known', {}, {}, 'unknown'],
  ['all chains are whole', { chains: ['a', 'b'] }, {}, 'whole'],
  ['one has a problem', { chains: ['a'], problems: [{ severity: 'high' }] }, {}, 'broken'],
  [
    'one has what is only worth knowing',
    { chains: ['a'], problems: [{ severity: 'informational' }] },
    {},
    'whole',
  ],
])('the chains: %s', async (_name, world, more, expected) => {
  expect(await evidence(world).evidence.chain({ ...finding, ...more })).toBe(expected);
});

test('the chains are those of the account and Region, for global resources of the Region that logs them', async () => {
  const { evidence: facts, asked } = evidence({ chains: ['a'] });
  await facts.chain(finding);
  await facts.chain({ ...finding, region: 'global' });
  expect(asked).toEqual([
    { account: ACCOUNT, region: 'eu-central-1' },
    { account: ACCOUNT, region: 'us-east-1' },
  ]);
});

test('tags are known of resources of our own account alone', async () => {
  const { evidence: facts } = evidence({ tags: { team: 'orders' } });
  expect(await facts.tags(finding)).toEqual({ team: 'orders' });
  expect(await facts.tags({ ...finding, accountId: '999999999999' })).toBe('unknown');
});

test.each<[string, World, unknown]>([
  [
    'as the awaited record says it',
    { witnessed: raw('event-1', 'r-1') },
    [{ issuer: ROLE, requestID: 'r-1' }],
  ],
  [
    'or the filed one',
    { filed: [raw('other', 'r-0'), raw('event-1', 'r-1')] },
    [{ issuer: ROLE, requestID: 'r-1' }],
  ],
  ['or without the request, where only a summary is left', {}, [{ issuer: ROLE }]],
  ['a record too large to be kept says nothing', { witnessed: {} }, [{ issuer: ROLE }]],
])('who made it: %s', async (_name, world, expected) => {
  expect(await evidence(world).evidence.makingCalls(finding)).toEqual(expected);
});

test('who made what a detection is about is its own call', async () => {
  const { evidence: facts } = evidence({ witnessed: raw('event-9', 'r-9') });
  const detected = { ...finding, links: [], judgement: { observedAt: OBSERVED, activity: call('event-9') } };
  expect(await facts.makingCalls(detected as unknown as Finding)).toEqual([
    { issuer: ROLE, requestID: 'r-9' },
  ]);
});
