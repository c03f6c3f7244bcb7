/**
 * Nest 12 and a few others are ESM only and Jest's own require() cannot load ESM before Node 24.9,
 * so the transform turns these packages into CommonJS too. A new ESM-only dependency goes in this list.
 */
const esmOnly = ['@nestjs', 'content-disposition', 'cookie', 'uuid'];

const swcOptions = require('./test/support/app/swc-options.js');

const base = {
  testEnvironment: 'node',
  setupFilesAfterEnv: ['<rootDir>/test/support/app/setup.ts'],
  transform: {
    '^.+\\.[tj]s$': ['@swc/jest', swcOptions],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${esmOnly.join('|')})/)`],
};

const mariadb = {
  globalSetup: '<rootDir>/test/support/database/mariadb.setup.ts',
  globalTeardown: '<rootDir>/test/support/database/mariadb.teardown.ts',
};

/** What is about several replicas is shown on a cluster too, where each replica has a node of its own. */
const ON_CLUSTER = [
  'concurrency',
  'idempotency-in-flight',
  'random-writes',
  'registry-revision',
  'replica-convergence',
  'start-without-database',
];

/**
 * One unit project beside the code, one e2e suite that runs the same on every database, and the heavy suites, which
 * have commands of their own: faults (processes killed, databases frozen) and cluster (three Galera nodes).
 */
/** @type {import('jest').Config} */
module.exports = {
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
