import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import ts from 'typescript-eslint';

/**
 * Who may import whom: a layer may use itself and those to its left, never one to its right.
 * The list is the architecture; ARCHITECTURE.md tells its reasons.
 */
const layers = [
  'common',
  'config',
  'database',
  'crypto',
  'audit',
  'accounts',
  'idempotency',
  'upstream',
  'rules',
  'models',
  'providers',
  'discovery',
  'routing',
  'cost',
  'health',
];

const restrict = (patterns) => ['error', { patterns }];

const technology = [
  { group: ['typeorm', 'typeorm/*'], message: 'Only entities, repositories and database/ know TypeORM.' },
];
const swagger = [
  {
    group: ['@nestjs/swagger'],
    message: 'Only DTOs, controllers, common/ and openapi.ts describe the API.',
  },
];

const layerRules = layers.flatMap((layer, index) => {
  const later = layers.slice(index + 1).map((name) => ({
    group: [`**/${name}/**`, `../${name}/*`, `../../${name}/*`],
    allowTypeImports: layer === 'models' && name === 'providers',
    message: `${layer}/ comes before ${name}/ in the import order.`,
  }));
  const typeormFree = layer !== 'database' ? technology : [];
  const swaggerFree = layer !== 'common' ? swagger : [];
  return [
    {
      files: [`src/${layer}/**/*.ts`],
      ignores: ['**/*.spec.ts'],
      rules: {
        '@typescript-eslint/no-restricted-imports': restrict([...later, ...typeormFree, ...swaggerFree]),
      },
    },
    {
      files: [`src/${layer}/**/*.{entity,repository}.ts`],
      rules: { '@typescript-eslint/no-restricted-imports': restrict([...later, ...swaggerFree]) },
    },
    {
      files: [`src/${layer}/**/*.controller.ts`, `src/${layer}/**/dto/*.ts`, `src/${layer}/**/*.dto.ts`],
      rules: { '@typescript-eslint/no-restricted-imports': restrict([...later, ...typeormFree]) },
    },
  ];
});

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
  ...layerRules,
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
