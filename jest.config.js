/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/cluster/', '<rootDir>/test/data-api/'],
  // On two cores jest would run one file at a time.
  maxWorkers: '100%',
  // Some tests start processes, and the machine may be busy.
  testTimeout: 180_000,
  // Inside jest a global is looked up by a slow call; these are handed to each module instead.
  sandboxInjectedGlobals: ['Array', 'Error', 'JSON', 'Map', 'Number', 'Object', 'Set', 'String', 'Symbol'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
};
