import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findFiles } from '../../../cli/input/files';
import { problemText } from '../../../cli/input/problem';
import { folderWith } from './reading';

const namesIn = async (names: readonly string[], folder: string) => {
  const { files, problems, others } = await findFiles(names, folder);
  return { files: files.map(({ name }) => name), problems: problems.map(problemText), others };
};

test('folders give their files in the order of their names, hidden ones and other kinds left out', async () => {
  const folder = folderWith({
    'config/b/2.json': '{}',
    'config/b/1.JSON.gz': '',
    'config/a.ndjson': '',
    'config/c.jsonl.gz': '',
    'config/ConfigWritabilityCheckFile': '',
    'config/README.md': '',
    'config/.hidden.json': '',
    'config/.git/x.json': '',
    'single.txt': '{"a":1}',
  });
  expect(await namesIn(['single.txt', 'config/', '-'], folder)).toEqual({
    files: [
      'single.txt',
      'config/a.ndjson',
      'config/b/1.JSON.gz',
      'config/b/2.json',
      'config/c.jsonl.gz',
      'stdin',
    ],
    problems: [],
    others: 2,
  });
});

test('sizes are known, but of the standard input', async () => {
  const { files } = await findFiles(['a.json', '-'], folderWith({ 'a.json': '{"a":1}' }));
  expect(files.map(({ size }) => size)).toEqual([7, undefined]);
});

test('linked files are read, linked folders are not: they may go round in a circle', async () => {
  const folder = folderWith({ 'elsewhere/a.json': '', 'config/b.json': '' });
  symlinkSync(join(folder, 'elsewhere/a.json'), join(folder, 'config/a.json'));
  symlinkSync(join(folder, 'config'), join(folder, 'config/again'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'config/gone.json'));
  expect(await namesIn(['config'], folder)).toEqual({
    files: ['config/a.json', 'config/b.json'],
    problems: ['config/gone.json: there is no such file'],
    others: 1,
  });
});

test('what is not there, and what holds nothing, is said', async () => {
  const folder = folderWith({ 'empty/README.md': '', 'a.json': '' });
  expect(await namesIn(['missing.json', 'a.json/b.json', 'empty', 'a.json'], folder)).toEqual({
    files: ['a.json'],
    problems: [
      'missing.json: there is no such file',
      'a.json/b.json: there is no such file',
      'empty: this folder holds no .json, .jsonl or .ndjson file, gzipped or not',
    ],
    others: 1,
  });
});

const asRoot = process.getuid?.() === 0;
(asRoot ? test.skip : test)('a folder that may not be read is said to be so', async () => {
  const folder = folderWith({ 'closed/a.json': '', 'open/b.json': '' });
  chmodSync(join(folder, 'closed'), 0);
  expect(await namesIn(['.'], folder)).toMatchObject({
    files: ['open/b.json'],
    problems: ['closed: it may not be read: permission denied'],
  });
  chmodSync(join(folder, 'closed'), 0o700);
});
