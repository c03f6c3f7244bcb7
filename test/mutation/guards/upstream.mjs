/** Guards of the calls to upstreams and of what Caret makes of their responses. */
export const UPSTREAM_GUARDS = [
  {
    name: 'origin of the next page',
    file: 'src/upstream/model-list/next-page.ts',
    edits: [['next !== null && next.origin === url.origin', 'next !== null']],
    project: 'unit',
    specs: ['src/upstream/model-list/read-model-list'],
  },
  {
    name: 'pages that bring nothing new',
    file: 'src/upstream/model-list/read-model-list.ts',
    edits: [['!isNew || ', '']],
    project: 'unit',
    specs: ['src/upstream/model-list/read-model-list'],
  },
  {
    name: 'host of a listed price',
    file: 'src/upstream/model-list/listed-prices.ts',
    edits: [['if (form.host && !form.host.test(hostname)) continue;', '']],
    project: 'unit',
    specs: ['src/upstream/model-list/listed-prices'],
  },
  {
    name: 'origin of models_path',
    file: 'src/advanced-json/provider-settings.ts',
    edits: [[' && MODELS_PATH.test(value)', '']],
    project: 'unit',
    specs: ['src/upstream/call-settings'],
  },
  {
    name: 'error with a status of success',
    file: 'src/upstream/client/call-json.ts',
    edits: [['  if (reportsError(parsed.json)) throw fail(parsed.json);\n', '']],
    project: 'unit',
    specs: ['src/upstream/adapters/openai-probe'],
  },
  {
    name: 'secret headers of a list without the key',
    file: 'src/upstream/model-list/key-probe.ts',
    edits: [['.filter(([name]) => !isSecretHeader(name))', '']],
    project: 'sqlite',
    specs: ['discovery/provider-test'],
  },
  {
    name: 'key for a new path of calls',
    file: 'src/providers/provider-destination.ts',
    edits: [['(isAdmin || hasSamePaths(before, body))', 'true']],
    project: 'sqlite',
    specs: ['providers/provider-settings'],
  },
  {
    name: 'order of the default of an import',
    file: 'src/discovery/default-choice.ts',
    edits: [['one.position - other.position', 'one.id < other.id ? -1 : 1']],
    project: 'sqlite',
    specs: ['discovery/imported-default'],
  },
];
