// @middy/core is ESM only: swc turns it into CommonJS, which is what jest runs without experimental flags.
module.exports = {
  testEnvironment: 'node',
  // The functions of a whole stack take longer on a busy machine than jest's five seconds.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.build/'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/e2e/'],
  transform: {
    '\\.yml$': '<rootDir>/tests/support/policy-transform.cjs',
    '^.+\\.(ts|mjs|js)$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!@middy/)'],
  moduleFileExtensions: ['ts', 'mjs', 'js', 'cjs', 'json', 'node'],
  globalSetup: '<rootDir>/tests/support/templates.setup.cjs',
  globalTeardown: '<rootDir>/tests/support/templates.teardown.cjs',
  setupFiles: ['<rootDir>/tests/support/environment.cjs'],
  coverageProvider: 'v8',
  collectCoverageFrom: ['functions/**/*.ts', 'shared/**/*.ts'],
};
