const base = require('../../jest.config.cjs');

// The tests of shared/proof/trail alone, and of the contracts it reads through.
module.exports = {
  ...base,
  rootDir: '../..',
  testMatch: [
    '<rootDir>/tests/shared/proof/trail/**/*.test.ts',
    '<rootDir>/tests/shared/contracts/trail-object-key.test.ts',
    '<rootDir>/tests/shared/contracts/cloudtrail-digest.test.ts',
  ],
};
