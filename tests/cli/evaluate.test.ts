import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import command from '../../cli/commands/evaluate';
import { type EvaluateOptions, evaluate } from '../../cli/evaluate/evaluate';
import type { Shell } from '../../cli/shell';
import { hostileText } from '../shared/tell/hostile-text';
import { itemChange, openTo, oversizedChange } from '../support/config-events';
import { POLICY_OF_FEW } from '../support/few-rules';
import { captured, inApiForm } from '../support/judge-rule';
import { folderWith } from './input/reading';
import { NOW, run, type TestShell, testShell } from './test-shell';

const itemOf = (parts?: Parameters<typeof itemChange>[0]) =>
  (itemChange(parts).detail as { readonly configurationItem: object }).configurationItem;
const open = itemOf();
const closed = itemOf({ resourceId: 'sg-closed', configuration: openTo() });
const unknown = itemOf({ resourceId: 'sg-unknown', configuration: { ipPermissions: 'none' } });
const gone = itemOf({ resourceId: 'sg-gone', status: 'ResourceDeleted' });
const role = itemOf({ resourceType: 'AWS::IAM::Role', resourceId: 'AROA1' });
const lines = (...values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

interface Setting {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly stdin?: Readable;
  readonly stdout?: PassThrough;
  readonly shell?: Partial<Shell> & { columns?: number };
}

/** Runs it in a new folder with these files, on `items.json` unless others are named. */
async function evaluated(
  options: Partial<EvaluateOptions> = {},
  { files = {}, stdin = Readable.from([]), stdout = new PassThrough(), shell: changes = {} }: Setting = {},
  names: readonly string[] = ['items.json'],
) {
  const folder = folderWith({ 'compliance.yml': POLICY_OF_FEW, ...files });
  const shell: TestShell = testShell({ folder, ...changes });
  const code = await evaluate(names, { format: 'ndjson', ...options }, shell, { stdin, stdout });
  return { code, ...shell.said };
}

const judgementsIn = (out: string): { control: string; resourceId: string; compliance: string }[] =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
const verdictsIn = (out: string) =>
  judgementsIn(out).map(({ control, resourceId, compliance }) => `${control} ${resourceId} ${compliance}`);

describe('verdicts', () => {
  test('real items, by each of the six rules', async () => {
    const ids = [
      'ci-rdk-AWS_Cloudtrail_Trail',
      'ci-c7n-d2d3530786',
      'ci-rdk-AWS_RDS_DBInstance',
      'ci-c7n-c53c0fb265',
      'ci-c7n-6098384ec8',
      'ci-c7n-f26373aa8d',
    ];
    const items = lines(...ids.map(captured));
    const { code, out, err } = await evaluated({}, { files: { 'items.json': items } });
    expect(verdictsIn(out)).toEqual([
      'cloudtrail-log-validation APJCCloudTrail COMPLIANT',
      'ec2-detailed-monitoring i-094bc87c84d56c589 NON_COMPLIANT',
      'rds-no-public-access db-HHTTSRD6HXUIKXPFPI6WFVZ4PA NON_COMPLIANT',
      's3-bucket-public-access-block c7n-fire-logs NON_COMPLIANT',
      'sg-no-world-admin-ipv4 sg-e2fb6999 NON_COMPLIANT',
      'sg-no-world-admin-ipv6 sg-e2fb6999 COMPLIANT',
      'sg-no-world-admin-ipv4 sg-65229a0c COMPLIANT',
      'sg-no-world-admin-ipv6 sg-65229a0c COMPLIANT',
    ]);
    expect({ code, err }).toEqual({ code: 1, err: '' });
  });

  test('the same item gives the same, whichever way it comes', async () => {
    const item = captured('ci-c7n-6098384ec8');
    const ways = {
      'a.json': JSON.stringify(item),
      'b.jsonl': lines(inApiForm(item)),
      'c.json.gz': gzipSync(JSON.stringify({ fileVersion: '1.0', configurationItems: [item] }, null, 2)),
    };
    const { out } = await evaluated({}, { files: ways }, ['a.json', 'b.jsonl', 'c.json.gz']);
    const judged = out.split('\n').filter(Boolean);
    expect(judged).toHaveLength(6);
    expect(new Set(judged).size).toBe(2);
  });

  test('a line says exactly this', async () => {
    const { out } = await evaluated(
      { control: ['sg-no-world-admin-ipv4'] },
      { files: { 'items.json': JSON.stringify(open) } },
    );
    expect(out).toBe(
      `${JSON.stringify({
        control: 'sg-no-world-admin-ipv4',
        resourceType: 'AWS::EC2::SecurityGroup',
        resourceId: 'sg-0123456789abcdef0',
        accountId: '123456789012',
        region: 'eu-central-1',
        configurationItemCaptureTime: '2026-01-31T09:00:00.000Z',
        compliance: 'NON_COMPLIANT',
        annotation: 'port 22 (tcp) is open to 0.0.0.0/0',
      })}\n`,
    );
  });

  test('of an item that came without its configuration nothing can be told, and why', async () => {
    const { code, out, err } = await evaluated(
      {},
      { files: { 'items.json': JSON.stringify(oversizedChange()) } },
    );
    expect(judgementsIn(out)).toEqual(
      ['ipv4', 'ipv6'].map((version) =>
        expect.objectContaining({
          control: `sg-no-world-admin-${version}`,
          compliance: 'INSUFFICIENT_DATA',
          annotation: expect.stringContaining('too large for a notification'),
        }),
      ),
    );
    expect({ code, err }).toEqual({
      code: 0,
      err: "2 INSUFFICIENT_DATA: it can't be told whether the control holds\n",
    });
  });
});

describe('exit code', () => {
  test.each<[string, readonly unknown[], Partial<EvaluateOptions>, number]>([
    ['nothing is wrong', [closed, gone, role], {}, 0],
    ['something is NON_COMPLIANT', [closed, open], {}, 1],
    ['it is, but not listed', [closed, open], { compliance: ['COMPLIANT'] }, 1],
    ['it is, but by another control', [open], { control: ['s3-bucket-public-access-block'] }, 0],
    ['nothing can be told', [unknown], {}, 0],
    ['nothing can be told, strictly', [unknown], { strict: true }, 1],
    ['nothing is wrong, strictly', [closed], { strict: true }, 0],
    ['something can not be read, among what is wrong', [open, { x: 1 }], {}, 2],
    ['something can not be read, among what is right', [closed, { x: 1 }], {}, 2],
    ['there is no item', [], {}, 2],
  ])('%s', async (_, items, options, expected) => {
    const { code } = await evaluated(options, { files: { 'items.json': lines(...items) } });
    expect(code).toBe(expected);
  });

  test('an empty snapshot, and messages about something else, are no problem', async () => {
    const files = {
      'items.json': '{"fileVersion":"1.0","configurationItems":[]}',
      'other.json': '{"messageType":"ComplianceChangeNotification"}',
    };
    const { code, err } = await evaluated({}, { files }, ['items.json', 'other.json']);
    expect({ code, err }).toEqual({
      code: 0,
      err: '1 message of AWS Config about something else than an item\n',
    });
  });
});

describe('problems', () => {
  test('are said with their place, and what is good around them is judged', async () => {
    const files = {
      'items.json': `${JSON.stringify(open)}\n{"resourceType":\n${JSON.stringify(closed)}\n`,
      'folder/README.md': '',
      'folder/cut.json.gz': gzipSync(lines(open)).subarray(0, -4),
    };
    const { code, out, err } = await evaluated({}, { files }, ['missing.json', 'items.json', 'folder']);
    expect(code).toBe(2);
    expect(verdictsIn(out)).toHaveLength(6);
    expect(err).toBe(`error: missing.json: there is no such file
error: items.json:2:1: invalid JSON: Unexpected end of JSON input
error: folder/cut.json.gz:2:1: the gzip data ends too early; what came before was read
1 file passed by in folders: no .json, .jsonl or .ndjson
`);
  });

  test('beyond a hundred are counted', async () => {
    const { err } = await evaluated({}, { files: { 'items.json': '{}\n'.repeat(250) } });
    expect(err.split('\n')).toHaveLength(102);
    expect(err).toContain('error: 150 more problems\n');
  });

  test('can not do anything to a terminal', async () => {
    const name = 'a\u001b[2J\u202eb.json';
    const { err } = await evaluated({}, { files: { [name]: '{"\u001b]0;x\u0007":\u009b1}' } }, [
      name,
      'x\u001b[31m',
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(err.replaceAll('\n', '')).not.toMatch(/[\0-\x1f\x7f-\x9f\u202e]/);
  });
});

describe('the policy', () => {
  const policy = (text: string, options: Partial<EvaluateOptions> = {}, more: Record<string, string> = {}) =>
    evaluated(options, {
      files: { 'items.json': lines(open), 'compliance.yml': POLICY_OF_FEW + text, ...more },
    });

  test('switches controls off and sets their parameters', async () => {
    const { code, out } = await policy(
      '  sg-no-world-admin-ipv6:\n    mode: off\n  sg-no-world-admin-ipv4:\n    parameters:\n      adminPorts: [3389]\n',
    );
    expect({ code, verdicts: verdictsIn(out) }).toEqual({
      code: 0,
      verdicts: ['sg-no-world-admin-ipv4 sg-0123456789abcdef0 COMPLIANT'],
    });
  });

  test('a control that is named judges although it is off', async () => {
    const off = '  sg-no-world-admin-ipv4:\n    mode: off\n';
    expect(verdictsIn((await policy(off)).out)).toHaveLength(1);
    expect((await policy(off, { control: ['EC2.53'] })).code).toBe(1);
  });

  test('exempts what then is said to be exempt, and does not count as found', async () => {
    const exemption =
      'exemptions:\n  - control: sg-no-world-admin-ipv4\n    scope:\n      accounts: ["123456789012"]\n' +
      '    owner: net-team\n    reason: It is a honeypot.\n    expires: 2026-03-31\n';
    const { code, out } = await policy(exemption);
    expect(code).toBe(0);
    expect(judgementsIn(out)[0]).toMatchObject({
      compliance: 'NON_COMPLIANT',
      annotation:
        'port 22 (tcp) is open to 0.0.0.0/0 (exempt until 2026-04-01T00:00:00.000Z, net-team: It is a honeypot.)',
    });
    const text = await policy(exemption, { format: 'text' });
    expect(text.out).toMatch(/^exempt +high +sg-no-world-admin-ipv4/m);
    expect(text.out).toMatch(/^sg-no-world-admin-ipv4 +0 +1 /m);
    const json = JSON.parse((await policy(exemption, { format: 'json' })).out);
    expect(json.judgements[0].exemption).toEqual({
      owner: 'net-team',
      reason: 'It is a honeypot.',
      expiresAt: '2026-04-01T00:00:00.000Z',
    });
    expect(json.summary).toMatchObject({ exempt: 1, byCompliance: { NON_COMPLIANT: 1 } });
  });

  test('that is named is used instead', async () => {
    const { out } = await policy(
      '',
      { config: 'other/draft.yml' },
      {
        'other/draft.yml': 'version: 1\ndefaults:\n  mode: off\n',
      },
    );
    expect(out).toBe('');
  });

  test('with a mistake judges nothing, and says where it is', async () => {
    const mistaken = 'version: 1\ncontrols:\n  sg-no-world-admin-ipv4:\n    mode: of\n';
    const found = policy('', {}, { 'compliance.yml': mistaken });
    await expect(found).rejects.toMatchObject({
      message: 'compliance.yml has mistakes',
      next: [
        expect.stringMatching(
          /^compliance\.yml:4:11 controls\.sg-no-world-admin-ipv4\.mode: expected .*"off"/,
        ),
      ],
    });
  });

  test.each<[string, Partial<EvaluateOptions>, string]>([
    ['a policy that is not there', { config: 'none.yml' }, 'none.yml: there is no such file'],
    ['a control that is none', { control: ['S3.800'] }, '--control: no control is named S3.800'],
    [
      'a name of several controls',
      { control: ['S3.8', 'VPC_SG_PORT_RESTRICTION_CHECK'] },
      '--control: VPC_SG_PORT_RESTRICTION_CHECK stands for several',
    ],
  ])('%s', async (_, options, message) => {
    await expect(policy('', options)).rejects.toThrow(message);
  });
});

describe('input', () => {
  test('from a pipe, gzipped or not', async () => {
    const piped = (bytes: Uint8Array) => evaluated({}, { stdin: Readable.from([bytes]) }, ['-']);
    const plain = await piped(Buffer.from(lines(open)));
    expect(verdictsIn(plain.out)).toHaveLength(2);
    expect((await piped(gzipSync(lines(open)))).out).toBe(plain.out);
  });

  test('judgements do not wait for more to come', async () => {
    const stdin = new PassThrough();
    const shell = testShell({ folder: folderWith({ 'compliance.yml': POLICY_OF_FEW }) });
    const running = evaluate(['-'], { format: 'ndjson' }, shell, { stdin, stdout: new PassThrough() });
    // More than what a file is told apart by.
    stdin.write(lines(open, open));
    while (shell.said.out === '') await new Promise((resolve) => setTimeout(resolve, 5));
    stdin.end();
    expect(await running).toBe(1);
  });

  test('ends where it is interrupted: what was read is told, and that it is not all', async () => {
    const stop = new AbortController();
    const stdin = new PassThrough();
    const shell = testShell({
      folder: folderWith({ 'compliance.yml': POLICY_OF_FEW }),
      stopSignal: () => stop.signal,
    });
    const running = evaluate(['-', 'more.json'], { format: 'json' }, shell, {
      stdin,
      stdout: new PassThrough(),
    });
    stdin.write(lines(open, open));
    while (shell.said.out === '') await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    expect(await running).toBe(2);
    const { judgements, summary } = JSON.parse(shell.said.out);
    expect(judgements).toHaveLength(4);
    expect(summary).toMatchObject({ isComplete: false, items: 2 });
    expect(shell.said.err).toContain('Stopped before the end');
  });

  test('ends quietly when nobody reads what comes out', async () => {
    const stdout = new PassThrough();
    stdout.on('error', () => undefined);
    const stdin = new PassThrough();
    const running = evaluated({ format: 'json' }, { stdin, stdout }, ['-']);
    stdin.write(lines(open, open));
    setTimeout(() => stdout.destroy(new Error('EPIPE')), 50);
    const { code, err } = await running;
    expect({ code, err }).toEqual({ code: 2, err: '' });
  });
});

describe('json', () => {
  const json = async (items: string, options: Partial<EvaluateOptions> = {}) =>
    JSON.parse((await evaluated({ format: 'json', ...options }, { files: { 'items.json': items } })).out);

  test('is one document', async () => {
    const { judgements, summary, problems } = await json(lines(open, closed, unknown, gone, role, { x: 1 }));
    expect(judgements).toHaveLength(8);
    expect(problems).toEqual([
      {
        file: 'items.json',
        line: 6,
        column: 1,
        byte: expect.any(Number),
        index: 5,
        reason: expect.stringContaining('found an object with x'),
      },
    ]);
    expect(summary).toEqual({
      isComplete: false,
      policy: 'compliance.yml',
      files: 1,
      items: 5,
      itemsJudged: 4,
      itemsWithoutRule: 1,
      itemsOversized: 0,
      otherMessages: 0,
      problems: 1,
      judgements: 8,
      byCompliance: { NON_COMPLIANT: 1, INSUFFICIENT_DATA: 2, NOT_APPLICABLE: 2, COMPLIANT: 3 },
      exempt: 0,
      byControl: expect.objectContaining({
        'sg-no-world-admin-ipv4': {
          byCompliance: { NON_COMPLIANT: 1, INSUFFICIENT_DATA: 1, NOT_APPLICABLE: 1, COMPLIANT: 1 },
          exempt: 0,
        },
      }),
    });
  });

  test.each([
    ['nothing', '[]'],
    ['what is of no interest', lines(role)],
    ['one', lines(open)],
  ])('%s is a document, too', async (_, items) => {
    expect((await json(items)).problems).toEqual([]);
  });

  test('lists what is asked for', async () => {
    const { judgements, summary } = await json(lines(open, closed), { compliance: ['NON_COMPLIANT'] });
    expect(judgements).toHaveLength(1);
    expect(summary.judgements).toBe(4);
  });
});

describe('text', () => {
  const text = (items: string, options: Partial<EvaluateOptions> = {}, shell: Setting['shell'] = {}) =>
    evaluated({ format: 'text', ...options }, { files: { 'items.json': items }, shell });

  test('worst first, then the totals', async () => {
    const items = lines(
      captured('ci-c7n-d2d3530786'),
      unknown,
      closed,
      open,
      captured('ci-rdk-AWS_RDS_DBInstance'),
      role,
    );
    expect(
      (await text(items)).out,
    ).toBe(`COMPLIANCE         SEVERITY  CONTROL                  RESOURCE                       TYPE                     ACCOUNT       REGION
NON_COMPLIANT      critical  rds-no-public-access     db-HHTTSRD6HXUIKXPFPI6WFVZ4PA  AWS::RDS::DBInstance     264683526309  us-east-1
    the instance is publicly accessible
NON_COMPLIANT      high      sg-no-world-admin-ipv4   sg-0123456789abcdef0           AWS::EC2::SecurityGroup  123456789012  eu-central-1
    port 22 (tcp) is open to 0.0.0.0/0
NON_COMPLIANT      low       ec2-detailed-monitoring  i-094bc87c84d56c589            AWS::EC2::Instance       644160558196  us-east-1
    detailed monitoring is disabled
INSUFFICIENT_DATA  high      sg-no-world-admin-ipv4   sg-unknown                     AWS::EC2::SecurityGroup  123456789012  eu-central-1
    configuration.ipPermissions: expected an array
INSUFFICIENT_DATA  high      sg-no-world-admin-ipv6   sg-unknown                     AWS::EC2::SecurityGroup  123456789012  eu-central-1
    configuration.ipPermissions: expected an array

CONTROL                        NON_COMPLIANT  INSUFFICIENT_DATA  COMPLIANT
cloudtrail-log-validation      0              0                  0
ec2-detailed-monitoring        1              0                  0
rds-no-public-access           1              0                  0
s3-bucket-public-access-block  0              0                  0
sg-no-world-admin-ipv4         1              1                  1
sg-no-world-admin-ipv6         0              1                  2
all                            3              2                  3

6 items read from 1 file: 5 judged by compliance.yml, 1 of types that no rule judges.
`);
  });

  test('with --all also what is in order', async () => {
    const { out } = await text(lines(closed, gone), { all: true });
    expect(out).toMatch(/^COMPLIANT +high +sg-no-world-admin-ipv4 +sg-closed/m);
    expect(out).toMatch(/^NOT_APPLICABLE +high +sg-no-world-admin-ipv4 +sg-gone/m);
    expect(out).toContain('the resource is gone (ResourceDeleted)');
  });

  test('what is asked for, without the rest', async () => {
    const { out } = await text(lines(open, closed, unknown), { compliance: ['INSUFFICIENT_DATA'] });
    expect(out).toMatch(/^INSUFFICIENT_DATA +high/m);
    expect(out).not.toMatch(/^(NON_)?COMPLIANT/m);
  });

  test.each([40, 60, 80, 100, 140, 200])('fits a terminal of %i columns', async (columns) => {
    const long = itemOf({ resourceId: `https://sqs.eu-central-1.amazonaws.com/${'x'.repeat(200)}/the-end` });
    const { out } = await text(lines(long, open), {}, { columns, env: { NO_COLOR: '1' } });
    const [table = ''] = out.split('\n\n');
    expect(
      Math.max(
        ...out
          .split('\n')
          .slice(0, -2)
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(columns);
    if (columns >= 80) expect(table).toMatch(/https:\/\/\S*…\S*the-end/);
    if (columns >= 60) expect(table).toContain('sg-no-world-admin-ipv4');
  });

  test('says more in a pipe, and colours nothing there', async () => {
    const id = `sg-${'x'.repeat(200)}`;
    const { out } = await text(lines(itemOf({ resourceId: id })));
    expect(out).toContain(id);
    expect(out).not.toContain('\u001b');
  });

  test('colours on a terminal, unless they are declined', async () => {
    const items = lines(open);
    expect((await text(items, {}, { columns: 120 })).out).toContain(
      '\u001b[31mNON_COMPLIANT\u001b[0m  \u001b[31mhigh\u001b[0m',
    );
    expect((await text(items, {}, { columns: 120, env: { NO_COLOR: '1' } })).out).not.toContain('\u001b');
  });

  test('keeps the worst of very many', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => itemOf({ resourceId: `sg-${index}` }));
    const { out } = await text(lines(...many, captured('ci-rdk-AWS_RDS_DBInstance')));
    const rows = out.split('\n').filter((line) => line.startsWith('NON_COMPLIANT'));
    expect(rows).toHaveLength(1000);
    expect(rows[0]).toContain('rds-no-public-access');
    expect(rows[1]).toContain('sg-0 ');
    expect(out).toContain('The worst 1,000 of 3,001. All of them: --format ndjson');
  });

  test('no text of an item can do anything to a terminal, in any format', async () => {
    await fc.assert(
      fc.asyncProperty(
        hostileText.filter((id) => id !== ''),
        hostileText,
        async (id, cidr) => {
          const items = lines(itemOf({ resourceId: id, configuration: openTo('0.0.0.0/0', `${cidr}/0`) }));
          for (const format of ['text', 'ndjson', 'json'] as const) {
            const { out, err } = await evaluated({ format }, { files: { 'items.json': items } });
            expect((out + err).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
            if (format !== 'text') continue;
            expect(out.split('\n').filter((line) => /^(CONTROL|all) /.test(line))).toHaveLength(2);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('progress', () => {
  const clock = () => {
    let now = NOW.getTime();
    return () => {
      now += 400;
      return new Date(now);
    };
  };
  const big = Buffer.from(lines(...Array.from({ length: 3000 }, () => open)));

  test('on a terminal, and gone in the end', async () => {
    const { err } = await evaluated(
      { format: 'text' },
      { files: { 'items.json': big }, shell: { columns: 100, now: clock() } },
    );
    const [before, ...drawn] = err.split('\r\u001b[2K');
    expect({ before, last: drawn.pop() }).toEqual({ before: '', last: '' });
    for (const line of drawn) {
      expect(line).toMatch(/^[\d,]+ items, [\d,]+ a second; \d of \d MB, \d+\.\d MB a second, .* left$/);
    }
    expect(drawn.length).toBeGreaterThan(1);
  });

  test.each<[string, Partial<EvaluateOptions>, Setting['shell']]>([
    ['in a pipe', { format: 'text' }, {}],
    ['among judgements on the terminal', { format: 'ndjson' }, { columns: 100 }],
  ])('none %s', async (_, options, shell) => {
    const { err } = await evaluated(options, {
      files: { 'items.json': big },
      shell: { ...shell, now: clock() },
    });
    expect(err).toBe('');
  });
});

describe('the command', () => {
  test('--help has examples of every option', async () => {
    const { code, out } = await run([command], ['evaluate', '--help']);
    expect(code).toBe(0);
    for (const option of [
      '--all',
      '--control',
      '--config',
      '--strict',
      '--compliance',
      '--format ndjson',
      ' -\n',
    ]) {
      expect(out.slice(out.indexOf('Examples:'))).toContain(option);
    }
  });

  test.each([
    [['evaluate'], "missing required argument 'file'"],
    [['evaluate', 'x', '--compliance', 'BAD'], 'Allowed choices are NON_COMPLIANT, INSUFFICIENT_DATA'],
    [['evaluate', 'x', '--format', 'xml'], 'Allowed choices are text, json, ndjson.'],
    [['evaluate', 'x', '--control', 'nothing-such'], '--control: no control is named nothing-such'],
  ])('%j ends with 2 and says why', async (args, message) => {
    const { code, out, err } = await run([command], args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  test('goes by the compliance.yml above the folder that it runs in', async () => {
    const folder = folderWith({
      'compliance.yml': 'version: 1\ndefaults:\n  mode: off\n',
      'below/items.json': lines(open),
    });
    const shell = testShell({ folder: join(folder, 'below') });
    expect(await run([command], ['evaluate', 'items.json'], shell)).toMatchObject({ code: 0, err: '' });
  });

  test('goes by its own elsewhere', async () => {
    const shell = testShell({ folder: folderWith({ 'items.json': lines(open) }) });
    const { code, out } = await run([command], ['evaluate', 'items.json', '--format', 'json'], shell);
    expect(code).toBe(1);
    expect(JSON.parse(out).summary.policy).toMatch(/compliance\.yml$/);
    expect(readFileSync(join(__dirname, '../../compliance.yml'), 'utf8')).toContain('version: 1');
  });
});
