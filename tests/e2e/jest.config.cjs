const unit = require('../../jest.config.cjs');

// One file after the other: each starts the whole app on its own ports.
module.exports = {
  ...unit,
  rootDir: '../..',
  testMatch: ['<rootDir>/tests/e2e/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 60_000,
};
