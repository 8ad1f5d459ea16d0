import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How much of what may go wrong in shared/proof/trail its tests would notice: `npm run test:mutation`. */
export default {
  mutate: ['shared/proof/trail/**/*.ts'],
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  jest: { configFile: 'tests/mutation/jest.config.cjs', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  reporters: ['clear-text'],
  clearTextReporter: { allowColor: false, reportTests: false },
  thresholds: { high: 95, low: 85, break: 85 },
  tempDirName: join(tmpdir(), 'trailseal-stryker'),
  ignorePatterns: ['**', '!shared/**', '!tests/**', '!tools/**', '!local/**', '!jest.config.cjs', '!package.json'],
};
