import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  type ChainState,
  type ChainsTable,
  chainsTable,
  type DigestRow,
  type OpenProblem,
} from '../../../shared/aws/chains-table';
import { sampleTemplate } from '../../local/sample-template';
import { startTestAws, stopAll } from '../../support/local-aws';

let table: ChainsTable;
beforeEach(async () => {
  const { operator } = await startTestAws(sampleTemplate());
  table = chainsTable('trailseal-test-findings', operator.dynamodb as DynamoDBDocumentClient);
});
afterEach(stopAll);

const chain = { account: '111122223333', region: 'us-east-1', homeRegion: 'eu-west-1', trail: 'main' };
const folder = { bucket: 'logs', prefix: '' };
const state: ChainState = { chain, folder, seq: 1, since: '2026-01-01T00:00:00Z' };
const row: DigestRow = {
  place: { bucket: 'logs', key: 'digest' },
  end: '2026-01-31T10:00:00Z',
  backfill: false,
  status: 'valid',
  provenBy: 'signature',
  sha256: 'aa',
  logs: 300,
  parts: 2,
  done: {},
  verifiedAt: '2026-01-31T10:05:00.000Z',
};
const DAY = ['2026-01-31T00:00:00Z', '2026-01-31T23:59:59Z'] as const;

describe('the state of a chain', () => {
  test('is written by who read it last, and listed', async () => {
    expect(await table.chain(chain)).toBeUndefined();
    expect(await table.save(state, undefined)).toBe(true);
    expect(await table.save(state, undefined)).toBe(false);
    expect(await table.save({ ...state, seq: 2, listedTo: 'a' }, 1)).toBe(true);
    expect(await table.save({ ...state, seq: 2, listedTo: 'b' }, 1)).toBe(false);
    expect(await table.chain(chain)).toEqual({ ...state, seq: 2, listedTo: 'a' });
    expect(await table.chains()).toEqual([{ chain, folder }]);
  });

  test('names of one trail in two home Regions are two chains', async () => {
    await table.save(state, undefined);
    expect(await table.chain({ ...chain, homeRegion: 'us-east-1' })).toBeUndefined();
  });

  test('chains are found by account and Region; what stands for none is not among them', async () => {
    const others = [
      { ...chain, region: 'us-east-2' },
      { ...chain, account: '444455556666' },
      { ...chain, trail: '' },
    ];
    for (const one of [chain, ...others]) await table.save({ ...state, chain: one }, undefined);
    expect(await table.chains()).toHaveLength(3);
    expect(await table.chains(chain)).toEqual([{ chain, folder }]);
    expect(await table.chain({ ...chain, trail: '' })).toBeDefined();
  });
});

describe('a digest', () => {
  test('is found by its end, a backfill of the same hour beside it', async () => {
    await table.putDigest(chain, row);
    await table.putDigest(chain, { ...row, backfill: true });
    await table.putDigest(chain, { ...row, end: '2026-02-01T00:00:00Z' });
    expect((await table.digests(chain, row.end, row.end)).map(({ backfill }) => backfill)).toEqual([
      false,
      true,
    ]);
    expect(await table.digests(chain, ...DAY)).toHaveLength(2);
    expect((await table.digests(chain, row.end, row.end))[0]).toEqual(row);
  });

  test('keeps the parts that are done while its bytes are the same', async () => {
    await table.putDigest(chain, row);
    expect((await table.finishPart(chain, row, 1, { valid: 100, otherwise: 0 }))?.done).toEqual({
      1: { valid: 100, otherwise: 0 },
    });
    await table.putDigest(chain, { ...row, status: 'unsigned' });
    expect(await table.digests(chain, ...DAY)).toMatchObject([
      { status: 'unsigned', done: { 1: { valid: 100, otherwise: 0 } } },
    ]);
    await table.putDigest(chain, { ...row, sha256: 'bb' });
    expect(await table.digests(chain, ...DAY)).toMatchObject([{ sha256: 'bb', done: {} }]);
  });

  test('that is another by now takes no results of the one before', async () => {
    await table.putDigest(chain, { ...row, sha256: 'bb' });
    expect(await table.finishPart(chain, row, 0, { valid: 1, otherwise: 0 })).toBeUndefined();
    expect((await table.digests(chain, ...DAY))[0]?.done).toEqual({});
  });
});

describe('a problem', () => {
  const problem: OpenProblem = {
    control: 'cloudtrail-log-integrity',
    code: 'log-invalid',
    subject: 's3://logs/a',
    severity: 'critical',
    says: 'first',
    expected: 'aa',
    computed: 'bb',
    foundAt: '2026-01-31T10:00:00.000Z',
  };

  test('keeps its first word while the matter is the same', async () => {
    await table.open(chain, problem);
    await table.open(chain, { ...problem, says: 'again', foundAt: '2026-01-31T11:00:00.000Z' });
    expect(await table.problems(chain)).toEqual([problem]);
    const other = { ...problem, says: 'another file', computed: 'cc' };
    await table.open(chain, other);
    expect(await table.problems(chain)).toEqual([other]);
  });

  test('is closed by its name alone, and twice does no harm', async () => {
    await table.open(chain, problem);
    await table.open(chain, { ...problem, subject: 's3://logs/b' });
    for (let time = 0; time < 2; time += 1) {
      await table.close(chain, { control: problem.control, code: problem.code, subject: problem.subject });
    }
    expect((await table.problems(chain)).map(({ subject }) => subject)).toEqual(['s3://logs/b']);
    expect(await table.problems({ ...chain, region: 'us-east-2' })).toEqual([]);
  });
});

test('announced log files of some hours, each once, in their own folder', async () => {
  const there = { ...folder, account: chain.account, region: chain.region };
  const announce = (minute: string, key: string, to = there) =>
    table.announce(to, minute, key, '2026-01-31T10:00:00.000Z');
  await announce('2026-01-31T09:59:00Z', 'before');
  await announce('2026-01-31T10:00:00Z', 'first#of/them');
  await announce('2026-01-31T10:00:00Z', 'first#of/them');
  await announce('2026-01-31T10:59:00Z', 'last');
  await announce('2026-01-31T11:00:00Z', 'after');
  await announce('2026-01-31T10:30:00Z', 'elsewhere', { ...there, prefix: 'p/' });
  expect(await table.announced(there, '2026-01-31T10:00:00Z', '2026-01-31T11:00:00Z')).toEqual([
    'first#of/them',
    'last',
  ]);
});
