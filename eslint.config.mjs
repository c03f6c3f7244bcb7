import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import ts from 'typescript-eslint';

/**
 * The import order: a folder imports itself and the folders to its left. A nested list is the order inside a folder:
 * its entries, relative to the folder, come before the folder's own files where `.` says so. ARCHITECTURE.md has the
 * reasons.
 */
const IMPORT_ORDER = {
  src: [
    'common',
    'config',
    'observability',
    'http',
    'database',
    'crypto',
    'advanced-json',
    'selectors',
    'auth',
    'audit',
    'quotas',
    'idempotency',
    'tokens',
    'accounts',
    'registry',
    'upstream',
    'rules',
    'pricing',
    'models',
    'providers',
    'discovery',
    'routing',
    'cost',
    'usage',
    'gateway',
    'health',
    'app',
    'cli',
  ],
  'src/http': [
    'request-context.ts',
    'schemas.ts',
    'raw-headers.ts',
    'unread-body.ts',
    'problem',
    'request',
    'route',
    'response',
    'document',
    'server',
  ],
  'src/upstream': [
    'upstream-target.ts',
    'upstream-error.ts',
    'egress',
    'client',
    'adapters',
    'upstream.service.ts',
  ],
  'src/gateway': [
    'dialect',
    'json',
    'body',
    'stream',
    'request',
    'call',
    'target',
    'failure',
    'health',
    'dispatch',
    'models',
    'http',
  ],
  'src/routing': ['engine', 'routing-table-store.ts'],
  'src/routing/engine': [
    'rules',
    'model',
    'index',
    'routing-table.ts',
    'resolution.ts',
    'resolve.ts',
    'explain',
  ],
};

/** Both the file and, for a folder, everything below it. Type-only imports count as well. */
const zones = Object.entries(IMPORT_ORDER).flatMap(([parent, order]) =>
  order.slice(0, -1).map((name, index) => ({
    target: `./${parent}/${name}`,
    from: order.slice(index + 1).map((later) => `./${parent}/${later}`),
    message: `In ${parent}/, ${name} comes before this in the import order.`,
  })),
);

/** Where each technology stays: packages, the files that may import them, and the reason given to the others. */
const TECHNOLOGY = [
  {
    packages: ['typeorm', 'typeorm/*'],
    allowedIn: ['src/**/*.entity.ts', 'src/**/*.repository.ts', 'src/database/**'],
    message: 'Only entities, repositories and database/ use TypeORM.',
  },
  {
    packages: ['@nestjs/swagger'],
    allowedIn: [
      'src/**/dto/**',
      'src/**/*.controller.ts',
      'src/http/**',
      'src/advanced-json/**',
      'src/app/openapi-document.ts',
    ],
    message: 'Only DTOs, controllers, http/, advanced-json/ and app/openapi-document.ts describe the API.',
  },
  {
    packages: ['undici'],
    allowedIn: ['src/upstream/client/**', 'src/upstream/egress/guarded-connector.ts'],
    message: 'Only upstream/ makes outbound calls.',
  },
];

/** Folders of pure functions: no framework, no input or output. */
const PURE = [
  'src/common/**',
  'src/rules/**',
  'src/pricing/**',
  'src/routing/engine/**',
  'src/selectors/**',
  'src/gateway/{dialect,json,body,stream,failure}/**',
];
const FRAMEWORKS = ['@nestjs/*', 'fastify', 'typeorm', 'node:fs', 'node:fs/*', 'node:http', 'node:net'];

const SPECS = ['**/*.spec.ts', '**/fixtures/**'];

/** The ways to read the wall clock, which can step. */
const WALL_CLOCK = [
  "MemberExpression[object.name='Date'][property.name='now']",
  "MemberExpression[object.property.name='Date'][property.name='now']",
  "VariableDeclarator[init.name='Date']",
  "NewExpression[callee.name='Date'][arguments.length=0]",
  "CallExpression[callee.name='Date']",
];

/** The only file that reads the wall clock, and the tests. */
const WALL_CLOCK_READERS = ['src/common/timestamp.ts', 'test/**', '**/*.spec.ts', '**/fixtures/**'];

/** Constant tables whose keys are any text: `Record<string, …>`, also inside `Readonly` or `Partial`. */
const OBJECT_TABLES = ['', '[typeName.name=/^(Readonly|Partial)$/] > * > TSTypeReference'].map((wrapper) => ({
  selector:
    'VariableDeclarator[init.type="ObjectExpression"] > Identifier[name=/^[A-Z_]+$/] > TSTypeAnnotation > ' +
    `TSTypeReference${wrapper}[typeName.name="Record"] > * > TSStringKeyword:first-child`,
  message:
    'Use a Map. An object also has the keys of its prototype, so input such as `constructor` finds one.',
}));

const technologyRules = restrictions();

/** One block for each set of files with the same restrictions, because a later block replaces an earlier one. */
function restrictions() {
  const pattern = ({ packages, message }) => ({ group: packages, message });
  const pure = { group: FRAMEWORKS, message: 'This folder is pure: no framework, no input or output.' };
  const rule = (patterns) => ({ '@typescript-eslint/no-restricted-imports': ['error', { patterns }] });
  return [
    { files: ['src/**/*.ts'], ignores: SPECS, rules: rule(TECHNOLOGY.map(pattern)) },
    ...TECHNOLOGY.map((each) => ({
      files: each.allowedIn,
      ignores: SPECS,
      rules: rule(TECHNOLOGY.filter((other) => other !== each).map(pattern)),
    })),
    { files: PURE, ignores: SPECS, rules: rule([...TECHNOLOGY.map(pattern), pure]) },
  ];
}

export default ts.config(
  { ignores: ['dist/**', 'coverage/**', 'data/**', '**/*.js', '**/*.mjs'] },
  js.configs.recommended,
  ...ts.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [importX.createNodeResolver({ extensions: ['.ts', '.js'] })] },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-duplicates': 'error',
      'import-x/order': ['error', { alphabetize: { order: 'asc', caseInsensitive: true } }],
      'max-lines': ['error', { max: 250 }],
      'no-restricted-syntax': [
        'error',
        ...WALL_CLOCK.map((selector) => ({
          selector,
          message: 'Ages and deadlines use performance.now(); stored times come from common/timestamp.ts.',
        })),
        ...OBJECT_TABLES,
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'URL',
          property: 'canParse',
          message: 'Wrong for Latin-1 on Node 20 and 22: use parseUrl.',
        },
        {
          object: 'process',
          property: 'env',
          message: 'Only config/ and ormconfig.ts read the environment.',
        },
      ],
    },
  },
  { files: ['src/config/**', 'ormconfig.ts', 'test/**'], rules: { 'no-restricted-properties': 'off' } },
  { files: WALL_CLOCK_READERS, rules: { 'no-restricted-syntax': 'off' } },
  { files: ['src/**/*.ts'], ignores: SPECS, rules: { 'import-x/no-restricted-paths': ['error', { zones }] } },
  ...technologyRules,
  {
    files: ['test/**', '**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
