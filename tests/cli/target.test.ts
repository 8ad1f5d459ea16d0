import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chooseTarget } from '../../cli/target';
import { emptyFolder, testShell } from './test-shell';

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    response.writeHead(request.url === '/_trailseal/health' ? 200 : 404).end('{}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((closed) => server.close(closed)));

/** A project where `npm start` left this. */
function project(description: unknown): string {
  const folder = emptyFolder();
  mkdirSync(join(folder, '.trailseal'));
  writeFileSync(join(folder, '.trailseal', 'local.json'), JSON.stringify(description));
  return folder;
}

const description = () => ({ url, region: 'eu-west-1', stage: 'try', accessKeyId: 'operator', more: 1 });

const laptop = () => ({
  laptop: `laptop at ${url}`,
  stage: 'try',
  place: { endpoint: url, region: 'eu-west-1', accessKeyId: 'operator' },
});

test('local AWS while it runs', async () => {
  await expect(chooseTarget({}, testShell({ folder: project(description()) }))).resolves.toEqual(laptop());
});

test('also from a folder deeper in the project', async () => {
  const folder = join(project(description()), 'shared', 'aws');
  await expect(chooseTarget({}, testShell({ folder }))).resolves.toEqual(laptop());
});

test.each([
  ['--aws', { aws: true } as const, {}, { stage: 'dev', place: {} }],
  ['--stage', { stage: 'prod' }, {}, { stage: 'prod', place: {} }],
  ['--region', { region: 'us-east-1' }, {}, { stage: 'dev', place: { region: 'us-east-1' } }],
  ['--profile', { profile: 'audit' }, {}, { stage: 'dev', place: { profile: 'audit' } }],
  [
    'AWS_ENDPOINT_URL',
    {},
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    { stage: 'dev', place: { endpoint: 'http://127.0.0.1:9' } },
  ],
])('an AWS account although local AWS runs, by %s', async (_, options, env, target) => {
  const shell = testShell({ folder: project(description()), env });
  await expect(chooseTarget(options, shell)).resolves.toEqual(target);
});

test('an AWS account where nothing is described', async () => {
  await expect(chooseTarget({}, testShell())).resolves.toEqual({ stage: 'dev', place: {} });
});

test('an AWS account when what is described no longer answers, and says so', async () => {
  const shell = testShell({ folder: project({ ...description(), url: 'http://127.0.0.1:9' }) });
  await expect(chooseTarget({}, shell)).resolves.toEqual({ stage: 'dev', place: {} });
  expect(shell.said.err).toContain('nothing answers at http://127.0.0.1:9');
});

test.each([
  [
    'another machine',
    { ...description(), url: 'http://127.0.0.1:80@example.com' },
    'an address of this machine',
  ],
  ['a missing field', { url: 'http://127.0.0.1:9' }, 'region: expected a string'],
])('a description that names %s is refused', async (_, content, message) => {
  await expect(chooseTarget({}, testShell({ folder: project(content) }))).rejects.toMatchObject({
    message: expect.stringContaining(message),
    next: [expect.stringContaining('local.json, or name an AWS account: --aws')],
  });
});
