import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import redrive from '../../cli/commands/redrive';
import { Failure } from '../../cli/failure';
import type { DeclareCommand } from '../../cli/trailseal';
import { version } from '../../package.json';
import { emptyFolder, run, testShell } from './test-shell';

const commands = [redrive];
const root = join(__dirname, '..', '..');

describe('help', () => {
  test('lists the commands, examples and exit codes', async () => {
    const { code, out, err } = await run(commands, ['--help']);
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toContain('redrive [options]');
    expect(out).toContain('Examples:\n  trailseal redrive ');
    expect(out).toContain('Exit codes: 2 could not do it, 1 something was found, 0 nothing was.');
  });

  test.each([[['redrive', '--help']], [['help', 'redrive']]])(
    '%j has examples of every kind',
    async (args) => {
      const { code, out } = await run(commands, args);
      expect(code).toBe(0);
      for (const option of [
        '--apply',
        '--since 24h',
        '--until',
        '--reason',
        '--function',
        '--limit',
        '--format ndjson',
      ]) {
        expect(out.slice(out.indexOf('Examples:'))).toContain(option);
      }
    },
  );

  test('fits the terminal', async () => {
    const { out } = await run(commands, ['redrive', '--help'], testShell({ columns: 60 }));
    const options = out.slice(0, out.indexOf('Examples:')).split('\n');
    expect(Math.max(...options.map(({ length }) => length))).toBeLessThanOrEqual(60);
  });

  test('without a command, on stderr, as nothing was done', async () => {
    const { code, out, err } = await run(commands, []);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('Usage: trailseal');
  });
});

test.each(['--version', '-V'])('%s', async (option) => {
  await expect(run(commands, [option])).resolves.toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test.each([
  [['redriv'], "error: unknown command 'redriv'\n(Did you mean redrive?)\n"],
  [['redrive', '--aply'], "error: unknown option '--aply'\n(Did you mean --apply?)\n"],
  [['redrive', 'x'], 'too many arguments'],
  [
    ['redrive', '--since', 'yesterday'],
    "'--since <when>' argument 'yesterday' is invalid. Expected a time such as 2026",
  ],
  [
    ['redrive', '--until', '2026-02-31'],
    "'--until <when>' argument '2026-02-31' is invalid. Expected a time",
  ],
  [
    ['redrive', '--limit', '0'],
    "'--limit <number>' argument '0' is invalid. Expected a whole number from 1.",
  ],
  [['redrive', '--format', 'xml'], 'Allowed choices are text, json, ndjson.'],
  [['redrive', '--stage', ''], 'Expected the name of a stage, such as dev.'],
  [['redrive', '--region', 'evil.example/'], 'Expected the name of an AWS Region, such as eu-central-1.'],
  [
    ['redrive', '--since', '1h', '--until', '2h'],
    'error: --since 2026-01-31T23:00:00.000Z is not before --until',
  ],
  [['\u001b[31mx'], "unknown command ' [31mx'"],
])('%j ends with 2 and says why', async (args, message) => {
  const { code, out, err } = await run(commands, args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});

describe('what goes wrong in a command', () => {
  const throwing =
    (error: unknown): DeclareCommand =>
    () =>
      new Command('go').action(() => Promise.reject(error));
  const named = (name: string, message: string) => Object.assign(new Error(message), { name });

  test.each([
    [new Failure('no such thing', ['Make one']), 'error: no such thing\nMake one\n'],
    [named('CredentialsProviderError', 'Could not load credentials from any providers'), 'aws sso login'],
    [named('ExpiredToken', 'The security token is expired'), 'Renew the AWS credentials'],
    [
      new Error('Region is missing'),
      '--region REGION or AWS_REGION.\nOr start local AWS in another terminal: npm start',
    ],
    [named('AccessDenied', 'not authorized to perform: sqs:listqueues'), 'The credentials lack this right'],
    [Object.assign(new Error(''), { code: 'ECONNREFUSED' }), 'error: ECONNREFUSED\nAWS could not be reached'],
    ['text\u001b[2J', 'error: text [2J\n'],
  ])('%s', async (error, message) => {
    const { code, err } = await run([throwing(error)], ['go']);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('the launcher', () => {
  const launch = (folder: string, ...args: string[]) =>
    spawnSync(process.execPath, [join(folder, 'bin.mjs'), ...args], { encoding: 'utf8' });

  test('without the build says how to make it', () => {
    const folder = emptyFolder();
    copyFileSync(join(root, 'cli', 'bin.mjs'), join(folder, 'bin.mjs'));
    expect(launch(folder, '--help')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'error: the trailseal command is not built yet\nBuild it: npm run prepare\n',
    });
  });

  test('runs what was built, with every command of cli/commands', () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'dist'));
    copyFileSync(join(root, 'cli', 'bin.mjs'), join(folder, 'bin.mjs'));
    execFileSync(process.execPath, [join(root, 'cli', 'build.mjs'), join(folder, 'dist')]);
    expect(launch(folder, '--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(launch(folder, 'help').stdout).toContain('redrive [options]');
    expect(launch(folder, 'redriv')).toMatchObject({ status: 2, stdout: '' });
  });
});
