import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import verify from '../../../cli/commands/verify';
import { type MadeTrail, makeTrail, type TrailOptions } from '../../../local/trails/make-trail';
import { writeFolder } from '../../../local/trails/sources';
import { alterContent, deleteFile, dropMetadata, flipSignature } from '../../../local/trails/tamper';
import type { Place } from '../../../shared/proof/trail/verdict';
import { emptyFolder, run, type TestShell, testShell } from '../test-shell';

const FROM = '2026-01-30T00:00:00Z';
const trailOf = (options: Partial<TrailOptions> = {}) => makeTrail({ from: FROM, hours: 6, ...options });

interface Line {
  readonly kind: string;
  readonly key: string;
  readonly status: string;
  readonly [name: string]: unknown;
}

async function folderWith(trails: readonly MadeTrail[]): Promise<string> {
  const folder = emptyFolder();
  for (const { objects } of trails) await writeFolder(objects, join(folder, 'copy'));
  const PublicKeyList = trails.flatMap(({ publicKeys }) => publicKeys);
  writeFileSync(join(folder, 'keys.json'), JSON.stringify({ PublicKeyList }));
  return folder;
}

async function verified(folder: string, args: readonly string[] = [], shell = testShell({ folder })) {
  const ended = await run([verify], ['verify', 'copy', '--public-keys', 'keys.json', ...args], shell);
  return ended;
}

async function lines(folder: string, args: readonly string[] = [], shell?: TestShell) {
  const { code, out, err } = await verified(folder, ['--format', 'ndjson', ...args], shell);
  const all = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const [summary] = all.slice(-1);
  return {
    code,
    err,
    all,
    of: (place: Place | undefined) => all.filter(({ key }) => key === `s3://${place?.bucket}/${place?.key}`),
    summary: summary as unknown as {
      isComplete: boolean;
      chains: { account: string; region: string; trail: string; findings: { code: string }[] }[];
      findings: { code: string; says: string }[];
    },
  };
}

const codes = (findings: readonly { code: string }[] | undefined) => findings?.map(({ code }) => code);

test('lines of ndjson', async () => {
  const trail = trailOf({ hours: 2, logsPerHour: 1 });
  const { code, err, all, of } = await lines(await folderWith([trail]));
  const [first, second] = trail.digests;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(all.map(({ kind }) => kind)).toEqual(['digest', 'digest', 'log', 'log', 'summary']);
  expect(of(second)).toEqual([
    {
      kind: 'digest',
      key: `s3://${second?.bucket}/${second?.key}`,
      status: 'valid',
      account: '111122223333',
      region: 'us-east-1',
      trail: 'compliance-trail',
      homeRegion: 'us-east-1',
      from: '2026-01-30T01:00:00Z',
      to: '2026-01-30T02:00:00Z',
      previous: `s3://${first?.bucket}/${first?.key}`,
      provenBy: 'signature',
      keySource: { from: 'file', where: 'keys.json' },
      fingerprint: trail.publicKeys[0]?.Fingerprint,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ]);
  expect(of(first)[0]).toMatchObject({ previous: null });
  expect(of(trail.logs[1])).toEqual([
    {
      kind: 'log',
      key: expect.any(String),
      status: 'valid',
      digest: `s3://${second?.bucket}/${second?.key}`,
      from: '2026-01-30T01:00:00Z',
      to: '2026-01-30T01:00:00Z',
      size: expect.any(Number),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ]);
  expect(all.at(-1)).toEqual({
    kind: 'summary',
    isComplete: true,
    from: null,
    to: '2026-02-01T00:00:00Z',
    digests: { valid: 2 },
    logs: { valid: 2 },
    chains: [
      {
        account: '111122223333',
        region: 'us-east-1',
        trail: 'compliance-trail',
        homeRegion: 'us-east-1',
        from: '2026-01-30T00:00:00Z',
        to: '2026-01-30T02:00:00Z',
        digests: { valid: 2 },
        logs: { valid: 2 },
        findings: [],
      },
    ],
    findings: [],
  });
});

test('one document holds the same', async () => {
  const trail = trailOf();
  deleteFile(trail.objects, trail.logs[3] as Place);
  const folder = await folderWith([trail]);
  const { all } = await lines(folder);
  const { code, out } = await verified(folder, ['--format', 'json']);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({ files: all.slice(0, -1), summary: all.at(-1) });
});

describe('what was done to the files', () => {
  test.each<[string, (trail: MadeTrail) => void, string, string, string[]]>([
    ['log deleted', (t) => deleteFile(t.objects, t.logs[4] as Place), 'log 4', 'missing', []],
    [
      'log altered',
      (t) => alterContent(t.objects, t.logs[4] as Place, (text) => text.replace('Records', 'records')),
      'log 4',
      'invalid',
      [],
    ],
    [
      'digest deleted',
      (t) => deleteFile(t.objects, t.digests[3] as Place),
      'digest 3',
      'missing',
      ['digest-missing'],
    ],
    [
      'metadata lost',
      (t) => dropMetadata(t.objects, t.digests[3] as Place),
      'digest 3',
      'unsigned',
      ['digest-unsigned'],
    ],
    [
      'signature altered',
      (t) => flipSignature(t.objects, t.digests[5] as Place),
      'digest 5',
      'invalid',
      ['digest-invalid'],
    ],
  ])('%s', async (_, tamper, file, status, ofChain) => {
    const trail = trailOf();
    tamper(trail);
    const { code, of, summary } = await lines(await folderWith([trail]));
    const [kind, index] = file.split(' ');
    const place = (kind === 'log' ? trail.logs : trail.digests)[Number(index)];
    expect(of(place).map((line) => line.status)).toEqual([status]);
    expect(code).toBe(1);
    expect(codes(summary.chains[0]?.findings)).toEqual(expect.arrayContaining(ofChain));
  });

  test('the logs of a digest that lost its signature are valid by its successor', async () => {
    const trail = trailOf();
    dropMetadata(trail.objects, trail.digests[3] as Place);
    const { of } = await lines(await folderWith([trail]));
    expect(of(trail.digests[3])).toMatchObject([{ status: 'unsigned', provenBy: 'successor' }]);
    expect(of(trail.logs[6])).toMatchObject([{ status: 'valid' }]);
  });

  test('the logs of a digest that nothing proves have no verdict', async () => {
    const trail = trailOf();
    flipSignature(trail.objects, trail.digests[5] as Place);
    const { of } = await lines(await folderWith([trail]));
    expect(of(trail.logs[10])).toEqual([]);
    expect(of(trail.logs[9])).toMatchObject([{ status: 'valid' }]);
  });

  test('a log that no digest lists', async () => {
    const trail = trailOf();
    const [log] = trail.logs.slice(4);
    const object = trail.objects.get(`s3://${log?.bucket}/${log?.key}`);
    if (log === undefined || object === undefined) throw new Error('no log');
    const place = { ...log, key: log.key.replace(/_\w{16}\.json/, '_plantedPlanted01.json') };
    trail.objects.set(`s3://${place.bucket}/${place.key}`, { ...object, place });
    const { code, of } = await lines(await folderWith([trail]));
    expect(of(place)).toMatchObject([{ status: 'unreferenced', reason: 'not-listed' }]);
    expect(of(log)).toMatchObject([{ status: 'valid' }]);
    expect(code).toBe(1);
  });

  test('the newest digests deleted: the logs after them tell', async () => {
    const trail = trailOf();
    for (const digest of trail.digests.slice(3)) deleteFile(trail.objects, digest);
    const { summary } = await lines(await folderWith([trail]));
    expect(codes(summary.chains[0]?.findings)).toEqual(['tail-missing']);
  });
});

test('all accounts, Regions, prefixes, buckets and trails are found', async () => {
  const trails = [
    trailOf({ trail: 'a_b-c', logsPerHour: 1 }),
    trailOf({ trail: 'second', logsPerHour: 1 }),
    trailOf({ region: 'eu-west-1', homeRegion: 'us-east-1', logsPerHour: 1 }),
    trailOf({ account: '444455556666', organizationId: 'o-exampleorg1', prefix: 'some/prefix/' }),
    trailOf({ account: '777788889999', bucket: 'other-bucket' }),
  ];
  const folder = await folderWith(trails);
  const { code, summary } = await lines(folder);
  const names = (found: typeof summary) =>
    found.chains.map(({ account, region, trail }) => `${account} ${region} ${trail}`);
  expect(names(summary)).toEqual([
    '111122223333 eu-west-1 compliance-trail',
    '111122223333 us-east-1 a_b-c',
    '111122223333 us-east-1 second',
    '444455556666 us-east-1 compliance-trail',
    '777788889999 us-east-1 compliance-trail',
  ]);
  expect(code).toBe(0);
  for (const [args, expected] of [
    [['--account', '444455556666'], ['444455556666 us-east-1 compliance-trail']],
    [['--region', 'eu-west-1', '--region', 'eu-west-2'], ['111122223333 eu-west-1 compliance-trail']],
    [
      [
        '--trail',
        'arn:aws:cloudtrail:us-east-1:111122223333:trail/a_b-c',
        '--region',
        'us-east-1',
        '--account',
        '111122223333',
      ],
      ['111122223333 us-east-1 a_b-c'],
    ],
  ] as const) {
    const narrowed = await lines(folder, args);
    expect([narrowed.code, names(narrowed.summary)]).toEqual([0, expected]);
  }
});

test('a chain is followed from bucket to bucket, and told as one', async () => {
  const trail = trailOf({ bucket: (hour) => (hour < 3 ? 'old-bucket' : 'new-bucket') });
  const { all, summary } = await lines(await folderWith([trail]));
  expect(all.filter(({ kind, status }) => kind !== 'summary' && status !== 'valid')).toEqual([]);
  expect(summary.chains).toHaveLength(1);
  expect(codes(summary.chains[0]?.findings)).toEqual(['bucket-moved']);
});

test('digests with more entries than are held at once', async () => {
  const trail = trailOf({ hours: 3, logsPerHour: 2200, recordsPerLog: 1, distinctLogs: 2 });
  alterContent(trail.objects, trail.logs[10] as Place, (text) => `${text} `);
  const { code, of, all, summary } = await lines(await folderWith([trail]));
  expect(summary).toMatchObject({ digests: { valid: 3 }, logs: { valid: 6599, invalid: 1 } });
  expect(of(trail.logs[10])).toMatchObject([{ status: 'invalid', reason: 'hash-mismatch' }]);
  expect(new Set(all.map(({ key }) => key)).size).toBe(6604);
  expect(code).toBe(1);
}, 30_000);

test('hours without digests, and the chain that begins anew', async () => {
  const { all, code } = await lines(await folderWith([trailOf({ stoppedIn: [2, 3] })]));
  expect(all.filter(({ kind }) => kind === 'gap')).toEqual([
    {
      kind: 'gap',
      account: '111122223333',
      region: 'us-east-1',
      trail: 'compliance-trail',
      from: '2026-01-30T02:00:00Z',
      to: '2026-01-30T04:00:00Z',
    },
  ]);
  expect(code).toBe(1);
});

test('silence is told', async () => {
  const folder = await folderWith([trailOf()]);
  const { code, summary } = await lines(folder, ['--start', '2026-01-31T00:00:00Z']);
  expect(summary.findings).toMatchObject([
    {
      code: 'no-digests',
      account: '111122223333',
      region: 'us-east-1',
      says: 'no digest of 111122223333 in us-east-1 ends within the hours that were asked for; the last digest before is of 2026-01-30',
    },
  ]);
  expect(code).toBe(1);
});

describe('a report', () => {
  const options = ['--report', 'report.ndjson'];
  const read = (folder: string) => readFileSync(join(folder, 'report.ndjson'), 'utf8');

  test('is gone on with: what it proves is not read again', async () => {
    const trail = trailOf();
    const folder = await folderWith([trail]);
    const whole = await lines(folder, options);
    const report = read(folder).trim().split('\n');
    expect(JSON.parse(report[0] ?? '')).toMatchObject({ kind: 'run', sources: ['copy'], end: null });
    expect(report.slice(1).map((line) => JSON.parse(line))).toEqual(whole.all);
    // As a run leaves it that was killed after a few files.
    writeFileSync(join(folder, 'report.ndjson'), `${report.slice(0, 12).join('\n')}\n{"kind":"log","ke`);
    const proven = report.slice(0, 12).filter((line) => line.includes('"kind":"log"')).length;
    // Read again, it would be seen to be altered.
    const kept = JSON.parse(report[7] ?? '') as Line;
    writeFileSync(join(folder, 'copy', kept.key.slice('s3://'.length)), 'altered');
    const again = await lines(folder, options);
    expect(again.err).toBe(
      `Going on with report.ndjson, up to 2026-02-01T00:00:00Z: ${proven} log files that it proves are not read again\n`,
    );
    expect(again.code).toBe(0);
    expect(again.all).toHaveLength(whole.all.length);
    const keys = read(folder)
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Line).key);
    expect(keys.filter((key) => key?.includes('/CloudTrail/')).sort()).toEqual(
      trail.logs.map(({ bucket, key }) => `s3://${bucket}/${key}`).sort(),
    );
    expect(new Set(keys).size + 1).toBe(keys.length);
    expect(existsSync(join(folder, 'report.ndjson.next'))).toBe(false);
  });

  test('keeps to its own time, and says that it was complete', async () => {
    const folder = await folderWith([trailOf()]);
    await lines(folder, [...options, '--start', '48h']);
    const shell = testShell({ folder, now: () => new Date('2026-03-01T00:00:00Z') });
    const { err, summary } = await lines(folder, [...options, '--start', '48h'], shell);
    expect(summary).toMatchObject({ from: '2026-01-30T00:00:00Z', to: '2026-02-01T00:00:00Z' });
    expect(err).toContain('It was complete: to verify all anew, name another file for --report\n');
  });

  test.each([
    ['other hours', ['--start', '2026-01-30'], /its start was left out, not 2026-01-30/],
    ['other accounts', ['--account', '111122223333'], /its account was left out, not 111122223333/],
  ])('of %s is refused, and left as it is', async (_, args, says) => {
    const folder = await folderWith([trailOf()]);
    await lines(folder, options);
    const before = read(folder);
    const { code, err, out } = await verified(folder, [...options, ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(says);
    expect(read(folder)).toBe(before);
  });

  test.each([
    ['another file', 'important\n', 'line 1 is not that of a report'],
    ['a report with something in between', undefined, 'is not that of a report'],
  ])('%s is not written over', async (_, content, says) => {
    const folder = await folderWith([trailOf()]);
    if (content === undefined) {
      await lines(folder, options);
      appendFileSync(join(folder, 'report.ndjson'), 'important\n{}\n');
    } else writeFileSync(join(folder, 'report.ndjson'), content);
    const before = read(folder);
    const { code, err } = await verified(folder, options);
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(read(folder)).toBe(before);
  });

  test('of a run that was stopped says so, and can be gone on with', async () => {
    const folder = await folderWith([trailOf()]);
    const stop = new AbortController();
    stop.abort();
    const shell = testShell({ folder, stopSignal: () => stop.signal });
    const { code, err } = await verified(folder, options, shell);
    expect(code).toBe(2);
    expect(err).toBe(
      'Stopped before the end: what is told is of what was verified so far\nRun the same command again to go on\n',
    );
    expect((await lines(folder, options)).summary.isComplete).toBe(true);
  });
});

describe('what could not be done', () => {
  test.each<[string, readonly string[], string]>([
    ['no folder', ['nowhere'], 'error: nowhere: there is no such file'],
    ['a file', ['keys.json'], 'error: keys.json: expected a folder'],
    ['no bucket', ['s3://'], 'error: s3://: expected s3://bucket or s3://bucket/prefix'],
    ['no keys', ['copy', '--public-keys', 'none.json'], 'error: none.json: there is no such file'],
    ['no account', ['copy', '--account', '12'], 'Expected the 12 digits of an account.'],
    ['no number', ['copy', '--concurrency', '0'], 'Expected a whole number from 1 to 1000.'],
    ['what is in a bucket', ['copy/example-trail-bucket'], 'AWSLogs is right in it'],
  ])('%s', async (_, args, says) => {
    const folder = await folderWith([trailOf({ hours: 1 })]);
    const { code, out, err } = await run([verify], ['verify', ...args], testShell({ folder }));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
  });

  test('a folder without any file of CloudTrail', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'copy'));
    writeFileSync(join(folder, 'keys.json'), '[]');
    const { code, summary } = await lines(folder);
    expect(summary.findings).toMatchObject([{ code: 'no-digests' }]);
    expect(code).toBe(1);
  });
});

describe('for people', () => {
  test('problems, the chain, its hours, and what the verdicts rest on', async () => {
    const trail = trailOf();
    alterContent(trail.objects, trail.logs[4] as Place, (text) => `${text} `);
    deleteFile(trail.objects, trail.digests[4] as Place);
    const { code, out } = await verified(await folderWith([trail]));
    expect(code).toBe(1);
    expect(out).toMatch(/^critical {2}log-invalid {2}2026-01-30T02:00:00Z\n/);
    expect(out).toMatch(/\n {4}expected +[0-9a-f]{64}\n {4}found +[0-9a-f]{64}\n/);
    expect(out).toMatch(
      /\n111122223333 {2}us-east-1 {2}compliance-trail .* {2}1 missing digest, 1 invalid log file\n/,
    );
    expect(out).toContain('\n    2026-01-30 ##X#X#\n    an hour each: # verified   X something is wrong\n');
    expect(out).toContain('6 digests: 5 valid, 1 missing; 10 log files: 9 valid, 1 invalid.');
    expect(out).toContain('Public keys: 5 digests by 1 key of the file keys.json');
    expect(out).toContain("To confirm with AWS: that the keys in keys.json are CloudTrail's");
    expect(out).toContain('\nWhat to do\n');
  });

  test('nothing wrong is nothing to do', async () => {
    const { code, out } = await verified(await folderWith([trailOf()]));
    expect(code).toBe(0);
    expect(out).toMatch(/^ACCOUNT /);
    expect(out).toContain(' all valid\n');
    expect(out).not.toContain('What to do');
  });

  test('what the AWS CLI has no eyes for', async () => {
    const { out } = await verified(await folderWith([trailOf({ stoppedIn: [2] })]));
    expect(out).toContain(
      'aws cloudtrail validate-logs would not have shown: 1 chain-restart, 1 coverage-gap\n',
    );
  });

  test('names in files do not reach the terminal as they are', async () => {
    const folder = await folderWith([trailOf()]);
    mkdirSync(join(folder, 'copy', '\u001b[31mred'));
    const { out, err } = await verified(folder);
    expect(out + err).not.toContain('\u001b');
  });

  test('copies that lost their signatures say how to get them', async () => {
    const trail = trailOf();
    for (const digest of trail.digests) dropMetadata(trail.objects, digest);
    const { out } = await verified(await folderWith([trail]));
    expect(out).toContain('aws s3api head-object --bucket BUCKET --key KEY');
  });
});
