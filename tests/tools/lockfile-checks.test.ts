import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockedPackage, type Lockfile, lockfileProblems } from '../../tools/lockfile-checks';

const lock = (packages: Readonly<Record<string, LockedPackage>>): Lockfile => ({
  packages: { '': {}, ...packages },
});
const integrity = 'sha512-AAAA';

test("the project's own lock file is in order", () => {
  const own: Lockfile = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package-lock.json'), 'utf8'));
  expect(lockfileProblems(own)).toEqual([]);
});

test.each<[name: string, packages: Readonly<Record<string, LockedPackage>>, problems: string[]]>([
  ['nothing', {}, []],
  ['a package', { 'node_modules/a': { integrity } }, []],
  ['a link to a folder', { 'node_modules/a': { link: true, resolved: 'packages/a' } }, []],
  ['a package inside another', { 'node_modules/a/node_modules/b': { inBundle: true } }, []],
  [
    'a platform that is there, beside the package',
    {
      'node_modules/a': { integrity, optionalDependencies: { 'a-linux': '1' } },
      'node_modules/a-linux': { integrity },
    },
    [],
  ],
  [
    'a platform that is there, below the package',
    {
      'node_modules/@s/a': { integrity, optionalDependencies: { '@s/linux': '1' } },
      'node_modules/@s/a/node_modules/@s/linux': { integrity },
    },
    [],
  ],
  [
    'a platform that is there only below another package',
    {
      'node_modules/a': { integrity, optionalDependencies: { 'a-linux': '1' } },
      'node_modules/b/node_modules/a-linux': { integrity },
    },
    ['node_modules/a: its optional package a-linux is not in the lock'],
  ],
  [
    'a platform that is not there',
    { 'node_modules/a': { integrity, optionalDependencies: { 'a-darwin': '1' } } },
    ['node_modules/a: its optional package a-darwin is not in the lock'],
  ],
  [
    'a download address',
    { 'node_modules/a': { integrity, resolved: 'https://registry.example/a.tgz' } },
    ['node_modules/a: has a download address'],
  ],
  [
    'an address of a repository',
    { 'node_modules/a': { integrity, resolved: 'git+ssh://git@example.com/a.git#1' } },
    ['node_modules/a: has a download address'],
  ],
  ['no integrity', { 'node_modules/a': {} }, ['node_modules/a: has no integrity']],
])('%s', (_, packages, problems) => {
  expect(lockfileProblems(lock(packages))).toEqual(problems);
});
