const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const { addEventHandler } = require('jest-circus');

const TESTS = join(__dirname, '../shared');

/** Tests of many inputs, of which each has its example among the others, and of speed: too slow for every mutant. */
const SLOW = ['changed-bytes.test.ts', 'chain-any-order.test.ts'];

const files = [
  ...readdirSync(join(TESTS, 'proof/trail'))
    .filter((name) => name.endsWith('.test.ts') && !SLOW.includes(name))
    .map((name) => `proof/trail/${name}`),
  'contracts/trail-object-key.test.ts',
  'contracts/cloudtrail-digest.test.ts',
];

// All in one file: jest takes seconds to set up twenty, and would for every mutant.
describe.each(files)('%s', (file) => {
  require(join(TESTS, file));
});

// A mutant is found out by the first test that fails: jest would still run the others of the file.
let isFoundOut = false;
addEventHandler((event) => {
  if (event.name === 'test_fn_failure') isFoundOut = true;
  if (event.name === 'test_start' && isFoundOut) event.test.mode = 'skip';
});
