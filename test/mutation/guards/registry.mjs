/** Guards of providers, models and rules. */
export const REGISTRY_GUARDS = [
  {
    name: 'account predicate',
    file: 'src/providers/providers.repository.ts',
    edits: [
      [
        "'SELECT * FROM providers WHERE account_id = ? AND id = ?'",
        "'SELECT * FROM providers WHERE ? <> id AND id = ?'",
      ],
    ],
    project: 'sqlite',
    specs: ['auth/resource-ids'],
  },
  {
    name: 'limit of a searched text',
    file: 'src/rules/searched-text.ts',
    edits: [['value.length <= MAX_SEARCHED_LENGTH;', 'value.length >= 0;']],
    project: 'sqlite',
    specs: ['routing/rule-check'],
  },
  {
    name: 'time budget of each condition',
    file: 'src/routing/engine/rules/rule-evaluator.ts',
    edits: [['    this.budget.assertLeft();\n', '']],
    project: 'unit',
    specs: ['src/routing/engine/rules/rule-evaluator'],
  },
  {
    name: 'limit of a routing table',
    file: 'src/routing/routing-table-builder.ts',
    edits: [['if (table.bytes > maxBytes) return revision;', '']],
    project: 'unit',
    specs: ['src/routing/routing-table-memory'],
  },
  {
    name: 'memory of a routing table that is too large',
    file: 'src/routing/oversized-registries.ts',
    edits: [['throw oversized.error;', 'return;']],
    project: 'unit',
    specs: ['src/routing/routing-table-memory'],
  },
  {
    name: 'sealed headers by default',
    file: 'src/advanced-json/secret-headers.ts',
    edits: [
      [
        'return !lower.startsWith(HARMLESS_PREFIX) || isCredentialName(name);',
        'return /auth|key|token|secret|cookie|password|credential/.test(lower);',
      ],
    ],
    project: 'sqlite',
    specs: ['providers/advanced-json'],
  },
  {
    name: 'credentials in client headers',
    file: 'src/advanced-json/secret-headers.ts',
    edits: [[' || isCredentialName(name);', ';']],
    project: 'unit',
    specs: ['src/advanced-json/secret-headers'],
  },
  {
    name: 'credentials in request parameters',
    file: 'src/advanced-json/advanced-json.ts',
    edits: [['    ...parameterCredentialProblems(value, pointer),\n', '']],
    project: 'sqlite',
    specs: ['providers/advanced-json'],
  },
  {
    name: 'count of a deleted provider',
    file: 'src/providers/providers.service.ts',
    edits: [['models: -models,', 'models: 0,']],
    project: 'sqlite',
    specs: ['quotas/quota-counters'],
  },
  {
    name: 'comparison of whole base URLs',
    file: 'src/providers/provider-destination.ts',
    edits: [['const identify = isAdmin ? originOf : comparableBaseUrl;', 'const identify = originOf;']],
    project: 'sqlite',
    specs: ['providers/secret-destination'],
  },
  {
    name: 'confirmation of base URLs',
    file: 'src/models/confirmed-base-url.ts',
    edits: [['baseUrlSetBy === tokenId', 'tokenId !== null']],
    project: 'sqlite',
    specs: ['providers/secret-theft', 'providers/secret-confirmation'],
  },
  {
    name: 'confirmation after a change of the kind',
    file: 'src/providers/provider-destination.ts',
    edits: [['kind !== provider.provider && provider.baseUrlSetBy !== caller.tokenId', 'false']],
    project: 'sqlite',
    specs: ['providers/secret-confirmation'],
  },
  {
    name: 'bound of revisions',
    file: 'src/registry/revision-header.ts',
    edits: [['return minRevision - revision > MAX_AHEAD;', 'return false;']],
    project: 'sqlite',
    specs: ['registry/far-revision'],
  },
  {
    name: 'models that a provider shows',
    file: 'src/models/shown-models.service.ts',
    edits: [
      ['export const MAX_MODELS_OF_PROVIDER = 1000;', 'export const MAX_MODELS_OF_PROVIDER = 1_000_000;'],
    ],
    project: 'sqlite',
    specs: ['registry/large-lists'],
  },
];
