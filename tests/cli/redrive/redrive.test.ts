import redriveCommand from '../../../cli/commands/redrive';
import { FakeSqs, type Put } from '../fake-sqs';
import { run, type TestShell, testShell } from '../test-shell';

const SHARED = 'trailseal-dev-dead-letters';
const OWN = 'trailseal-dev-send-alert-dlq';

const redrive = (args: readonly string[], shell?: TestShell) =>
  run([redriveCommand], ['redrive', '--region', 'eu-central-1', ...args], shell);

const buried = (id: string, changes: Partial<Put> = {}): Put => ({
  id,
  body: `{"id":"${id}"}`,
  attributes: { stage: 'evaluate-configuration', reason: 'invalid-event', error: `error of ${id}` },
  ...changes,
});
const movedBySqs = (id: string): Put => ({
  id,
  body: `{"id":"${id}"}`,
  movedFrom: 'arn:aws:sqs:eu-central-1:123456789012:trailseal-dev-send-alert',
});
const manyBuried = (count: number): Put[] =>
  Array.from({ length: count }, (_, index) => buried(`many-${index}`));
const lines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const shownOnce = (ids: readonly string[]) => ids.map((id) => `show ${id}`).sort();

let sqs: FakeSqs;

beforeEach(() => {
  sqs = new FakeSqs();
});

describe('a dry run', () => {
  test('lists what is in every queue, deletes and sends nothing, and leaves all visible', async () => {
    sqs.put(SHARED, buried('a'), buried('b'));
    sqs.put(OWN, movedBySqs('c'));
    const { code, out, err } = await redrive([]);
    expect(code).toBe(1);
    for (const text of ['error of a', 'error of b', 'received-too-often', '{"id":"c"}', 'add --apply']) {
      expect(out).toContain(text);
    }
    expect(err).toBe('Using AWS account 123456789012 region eu-central-1, stage dev\n');
    expect([...sqs.changes].sort()).toEqual(shownOnce(['a', 'b', 'c']));
    expect([sqs.visibleIn(SHARED), sqs.visibleIn(OWN)]).toEqual([['a', 'b'], ['c']]);
  });

  test('looks through more than one batch, once', async () => {
    sqs.put(SHARED, ...manyBuried(25));
    const { out } = await redrive(['--format', 'json']);
    const { letters, summary } = JSON.parse(out);
    expect(new Set(letters.map(({ messageId }: { messageId: string }) => messageId)).size).toBe(25);
    expect(summary).toMatchObject({ found: 25, totals: [{ count: 25 }] });
    expect(sqs.visibleIn(SHARED)).toHaveLength(25);
  });

  test('ends although messages keep coming back, and lists each once', async () => {
    sqs.put(SHARED, ...manyBuried(12));
    // As if the time for which they are hidden were over at once.
    sqs.fail = (call) => {
      if (call.startsWith('receive')) sqs.showAll();
    };
    const { out } = await redrive(['--format', 'ndjson']);
    expect(lines(out)).toHaveLength(11);
    expect(sqs.visibleIn(SHARED)).toHaveLength(12);
  });

  test('that fails on the way makes visible what it hid', async () => {
    sqs.put(SHARED, ...manyBuried(10));
    let receives = 0;
    sqs.fail = (call) => {
      if (call === `receive ${SHARED}` && ++receives === 2) throw new Error('connection lost');
    };
    const { code, out, err } = await redrive(['--format', 'ndjson']);
    expect(code).toBe(2);
    expect(lines(out)).toHaveLength(11);
    expect(err).toContain('error: connection lost');
    expect(sqs.visibleIn(SHARED)).toHaveLength(10);
  });

  test('that cannot make them visible says so', async () => {
    sqs.put(SHARED, buried('a'));
    sqs.fail = (call) => {
      if (call.startsWith('show')) throw new Error('connection lost');
    };
    const { code, err } = await redrive([]);
    expect(code).toBe(2);
    expect(err).toContain('1 could not be made visible again; they will be within five minutes');
  });

  test('of empty queues ends with 0', async () => {
    await expect(redrive([])).resolves.toMatchObject({ code: 0, out: 'No dead letters.\n' });
  });

  test('a message that someone else has received is neither listed nor touched, but told of', async () => {
    sqs.put(SHARED, buried('a'));
    sqs.hide('a');
    const { code, out, err } = await redrive(['--apply']);
    expect({ code, out }).toEqual({ code: 0, out: 'No dead letters.\n' });
    expect(err).toContain('About 1 more, hidden');
    expect(sqs.changes).toEqual([]);
  });
});

describe('--apply', () => {
  test('sends each body to its function’s queue, and only then deletes the letter', async () => {
    sqs.put(SHARED, buried('a'));
    sqs.put(OWN, movedBySqs('b'));
    const { code, out } = await redrive(['--apply']);
    expect(code).toBe(0);
    expect(out).toContain('2 dead letters: 2 put back.');
    const inOrder = (id: string) =>
      sqs.changes.filter(
        (change) => change.includes(id === 'a' ? '"a"' : '"b"') || change.endsWith(` ${id}`),
      );
    expect(inOrder('a')).toEqual(['send trailseal-dev-evaluate-configuration {"id":"a"}', 'delete a']);
    expect(inOrder('b')).toEqual(['send trailseal-dev-send-alert {"id":"b"}', 'delete b']);
    expect(sqs.visibleIn(SHARED)).toEqual([]);
  });

  test('keeps a letter whose queue does not take it, and does the others', async () => {
    sqs.put(SHARED, buried('a'), buried('b'));
    sqs.fail = (call) => {
      if (call.startsWith('send') && call.includes('"a"')) throw new Error('queue is full');
    };
    const { code, out } = await redrive(['--apply', '--format', 'ndjson']);
    expect(code).toBe(2);
    expect(lines(out).map(({ messageId, status, because }) => [messageId, status, because])).toEqual(
      expect.arrayContaining([
        ['a', 'not-sent', 'queue is full'],
        ['b', 'redriven', undefined],
      ]),
    );
    expect(sqs.visibleIn(SHARED)).toEqual(['a']);
    expect(sqs.changes).not.toContain('delete a');
  });

  test('says when a letter was sent but could not be deleted', async () => {
    sqs.put(SHARED, buried('a'));
    sqs.fail = (call) => {
      if (call === 'delete a') throw new Error('connection lost');
    };
    const { code, out } = await redrive(['--apply']);
    expect(code).toBe(2);
    expect(out).toContain('not-removed: connection lost');
    expect(sqs.visibleIn(SHARED)).toEqual(['a']);
  });

  test('never sends a letter twice that comes back, but deletes it again', async () => {
    sqs.put(SHARED, buried('a'));
    let deletes = 0;
    sqs.fail = (call) => {
      if (call === 'delete a' && ++deletes === 1) {
        sqs.showAll();
        throw new Error('connection lost');
      }
    };
    await redrive(['--apply']);
    expect(sqs.changes).toEqual(['send trailseal-dev-evaluate-configuration {"id":"a"}', 'delete a']);
  });

  test.each([
    ['a function without a queue', 'sweep-findings', 'there is no queue trailseal-dev-sweep-findings'],
    ['a queue of dead letters', 'dead-letters', 'there is no queue trailseal-dev-dead-letters'],
    ['another such', 'send-alert-dlq', 'there is no queue trailseal-dev-send-alert-dlq'],
    ['a queue elsewhere', '../prod-send-alert', 'there is no queue trailseal-dev-../prod-send-alert'],
  ])('leaves a letter that names %s', async (_, stage, because) => {
    sqs.put(SHARED, buried('a', { attributes: { stage, reason: 'invalid-event' } }));
    const { code, out } = await redrive(['--apply']);
    expect(code).toBe(2);
    expect(out).toContain(`no-queue: ${because}`);
    expect(sqs.changes).toEqual(['show a']);
    expect(sqs.visibleIn(SHARED)).toEqual(['a']);
  });

  test('passes by what came in after the start, so that a letter that fails again does not go round', async () => {
    sqs.put(SHARED, buried('a'), buried('again', { sentAt: '2026-02-01T00:00:01Z' }));
    const { code, err } = await redrive(['--apply']);
    expect(code).toBe(0);
    expect(err).toContain('1 came in since the start and were passed by: run this again');
    expect(sqs.visibleIn(SHARED)).toEqual(['again']);
  });

  test('stops after a batch when asked to, and shows again what it hid', async () => {
    sqs.put(SHARED, ...manyBuried(30));
    const stop = new AbortController();
    sqs.fail = (call) => {
      if (call.startsWith('send')) stop.abort();
    };
    const { code, err } = await redrive(['--apply'], testShell({ stopSignal: () => stop.signal }));
    expect(code).toBe(2);
    expect(err).toContain('Stopped before the end');
    expect(sqs.visibleIn(SHARED)).toHaveLength(20);
  });
});

describe('selecting', () => {
  beforeEach(() => {
    sqs.put(
      SHARED,
      buried('old', { sentAt: '2026-01-20T00:00:00Z' }),
      buried('new', { sentAt: '2026-01-31T23:00:00Z' }),
      buried('json', { attributes: { stage: 'send-alert', reason: 'invalid-json', error: '' } }),
    );
    sqs.put(OWN, movedBySqs('moved'));
  });

  test.each([
    [
      ['--since', '24h'],
      ['json', 'moved', 'new'],
    ],
    [
      ['--since', '7d', '--until', '2h'],
      ['json', 'moved'],
    ],
    [['--until', '2026-01-31'], ['old']],
    [
      ['--reason', 'invalid-json', 'received-too-often'],
      ['json', 'moved'],
    ],
    [
      ['--function', 'send-alert'],
      ['json', 'moved'],
    ],
    [['--function', 'evaluate-configuration', '--since', '24h'], ['new']],
  ])('%j takes %j and leaves the others visible', async (args, ids) => {
    const { code, out } = await redrive(['--apply', '--format', 'json', ...args]);
    expect(code).toBe(0);
    const { letters } = JSON.parse(out);
    expect(letters.map(({ messageId }: { messageId: string }) => messageId).sort()).toEqual(ids);
    const left = ['old', 'new', 'json', 'moved'].filter((id) => !ids.includes(id));
    expect([...sqs.visibleIn(SHARED), ...sqs.visibleIn(OWN)].sort()).toEqual(left.sort());
  });

  test('--limit takes so many from all queues together', async () => {
    const { code, out } = await redrive(['--apply', '--limit', '2', '--format', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).summary).toMatchObject({ found: 2, redriven: 2 });
    expect([...sqs.visibleIn(SHARED), ...sqs.visibleIn(OWN)]).toHaveLength(2);
  });

  test('a misspelt function is an error before anything is looked at', async () => {
    const { code, out, err } = await redrive(['--apply', '--function', 'sendalert']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('the stack has no queue of a function sendalert\nDid you mean send-alert?');
    expect(sqs.changes).toEqual([]);
  });
});

describe('formats', () => {
  const record = {
    kind: 'letter',
    queue: SHARED,
    messageId: 'a',
    sentAt: '2026-01-31T10:00:00.000Z',
    function: 'evaluate-configuration',
    reason: 'invalid-event',
    error: 'error of a',
    bodyStart: '{"id":"a"}',
    status: 'found',
  };
  const summary = {
    kind: 'summary',
    stage: 'dev',
    applied: false,
    found: 1,
    redriven: 0,
    left: 0,
    totals: [{ function: 'evaluate-configuration', reason: 'invalid-event', count: 1 }],
  };

  beforeEach(() => sqs.put(SHARED, buried('a')));

  test('ndjson is a line per letter, and a summary', async () => {
    const { out } = await redrive(['--format', 'ndjson']);
    expect(lines(out)).toEqual([record, summary]);
  });

  test('json is one document', async () => {
    const { out } = await redrive(['--format', 'json']);
    expect(JSON.parse(out)).toEqual({ letters: [record], summary });
  });

  test('a hostile letter stays one line without control characters', async () => {
    sqs.put(
      SHARED,
      buried('evil', {
        body: '\u001b[2J\n\u202ex',
        attributes: { stage: 'x\u009b', reason: '\n', error: '\u0007' },
      }),
    );
    const { out } = await redrive(['--format', 'ndjson']);
    expect(lines(out)).toHaveLength(3);
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(out).not.toContain('\\u');
  });

  test('progress is for terminals', async () => {
    const shell = testShell({ columns: 80 });
    await redrive([], shell);
    expect(shell.said.err).toContain('\rLooked at 1 of about 1');
    expect(shell.said.out).toContain('\u001b[1mtrailseal-dev-dead-letters\u001b[0m');
    const piped = await redrive([]);
    expect(piped.out + piped.err).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe('what is missing', () => {
  test('a stack', async () => {
    const { code, err } = await redrive(['--stage', 'prod']);
    expect(code).toBe(2);
    expect(err).toContain('There is no stack trailseal-prod in Region eu-central-1');
    expect(err).toContain('--stage STAGE --region REGION');
    expect(err).toContain('npm start');
  });

  test('credentials', async () => {
    sqs.fail = () => {
      throw Object.assign(new Error('Could not load credentials from any providers'), {
        name: 'CredentialsProviderError',
      });
    };
    const { code, out, err } = await redrive([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('Give AWS credentials: --profile NAME');
    expect(err).toContain('npm start');
  });
});
