import { readSource } from './source';

// The other tests of this folder pass as long as nothing is found: here is what must be found.

test.each<[code: string, imports: string[]]>([
  ["import { a } from 'node:fs';", ['node:fs']],
  ["import type { A } from '@aws-sdk/client-s3';", ['@aws-sdk/client-s3']],
  ["import '@middy/core';", ['@middy/core']],
  ["export * from 'yaml';", ['yaml']],
  ["export { a } from 'zod';", ['zod']],
  ["const a = await import('node:http');", ['node:http']],
  ["const a = require('fs');", ['fs']],
  ['const a = await import(name);', ['a computed import']],
  ["type A = import('@aws-sdk/client-s3').A;", ['@aws-sdk/client-s3']],
  ["import a from './judge';", ['shared/controls/judge.ts']],
  ["import a from '../contracts/parse';", ['shared/contracts/parse.ts']],
  ["import a from '.';", ['shared/controls/index.ts']],
  ["// import a from 'fs'\nconst b = \"from 'fs'\";", []],
])('imports of %j', (code, imports) => {
  expect(readSource(code, 'shared/controls/x.ts').imports).toEqual(imports);
});

test.each<[code: string, impurities: string[]]>([
  ['const a = process.env.X;', ['process.env']],
  ["const a = process['env'];", ['process.env']],
  ['const a = Date.now();', ['Date.now']],
  ['const now = Date.now;', ['Date.now']],
  ['const a = new Date();', ['the date of now']],
  ['const a = new Date;', ['the date of now']],
  ['const a = Date();', ['the date of now']],
  ['const a = Math.random();', ['Math.random']],
  ["import { randomUUID } from 'node:crypto';", ['randomUUID']],
  ['const a = crypto.randomUUID();', ['randomUUID']],
  ['const a = new Date(0);', []],
  ['const a = Date.parse(b);', []],
  ['// Date.now()\nconst a = "new Date()";', []],
])('impurities of %j', (code, impurities) => {
  expect([...new Set(readSource(code, 'x.ts').impurities)]).toEqual(impurities);
});
