/**
 * ESM-only packages. Jest's require() cannot load ESM before Node 24.9, so the transform compiles them to CommonJS. Add
 * every new ESM-only dependency.
 */
const ESM_ONLY = ['@nestjs', 'content-disposition', 'cookie', 'uuid'];

const swcOptions = require('./test/support/app/swc-options.js');

const base = {
  testEnvironment: 'node',
  setupFilesAfterEnv: ['<rootDir>/test/support/app/setup.ts'],
  transform: {
    '^.+\\.[tj]s$': ['@swc/jest', swcOptions],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${ESM_ONLY.join('|')})/)`],
};

const mariadb = {
  globalSetup: '<rootDir>/test/support/database/mariadb.setup.ts',
  globalTeardown: '<rootDir>/test/support/database/mariadb.teardown.ts',
};

/** Suites about several replicas. They also run on a cluster, where each replica has its own node. */
const ON_CLUSTER = [
  'concurrency',
  'idempotency-in-flight',
  'random-writes',
  'registry-revision',
  'replica-convergence',
  'start-without-database',
];

/**
 * The unit tests beside the code, the e2e suite on each database, and two heavy suites with their own commands: faults
 * (killed processes, frozen databases) and cluster (three Galera nodes).
 */
/** @type {import('jest').Config} */
module.exports = {
  // Workers keep memory of each file that they ran. Near the limit of the heap they collect garbage most of the time.
  workerIdleMemoryLimit: '1GB',
  projects: [
    { ...base, displayName: 'unit', roots: ['<rootDir>/src'], testRegex: '\\.spec\\.ts$' },
    {
      ...base,
      displayName: 'sqlite',
      globals: { testEngine: 'sqlite' },
      roots: ['<rootDir>/test'],
      testRegex: '\\.e2e-spec\\.ts$',
    },
    {
      ...base,
      displayName: 'mariadb',
      globals: { testEngine: 'mariadb' },
      roots: ['<rootDir>/test'],
      testRegex: '\\.e2e-spec\\.ts$',
      ...mariadb,
    },
    {
      ...base,
      displayName: 'faults',
      globals: { testEngine: 'mariadb' },
      roots: ['<rootDir>/test'],
      testRegex: '\\.faults-spec\\.ts$',
      ...mariadb,
    },
    {
      ...base,
      displayName: 'cluster',
      globals: { testEngine: 'mariadb' },
      roots: ['<rootDir>/test'],
      testRegex: ['\\.cluster-spec\\.ts$', `/(${ON_CLUSTER.join('|')})\\.e2e-spec\\.ts$`],
      globalSetup: '<rootDir>/test/support/database/galera.setup.ts',
      globalTeardown: '<rootDir>/test/support/database/mariadb.teardown.ts',
    },
  ],
};
