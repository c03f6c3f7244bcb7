/** Guards of models: switches, names, prices and rules. */
export const MODELS_GUARDS = [
  {
    name: 'length of a normalised text',
    file: 'src/common/identity-key.ts',
    edits: [['text.length <= MAX_NORMALISED_LENGTH ||', 'text.length >= 0 ||']],
    project: 'unit',
    specs: ['src/common/text-cost'],
  },
  {
    name: 'enabled candidates',
    file: 'src/routing/engine/model/indexed-model.ts',
    edits: [['return usable && enabled && this.settings.enabled;', 'return usable;']],
    project: 'sqlite',
    specs: ['routing/disabled'],
  },
  {
    name: 'enabled successor of a default',
    file: 'src/models/models.repository.ts',
    edits: [['ORDER BY enabled DESC, priority DESC, id LIMIT 1', 'ORDER BY priority DESC, id LIMIT 1']],
    project: 'sqlite',
    specs: ['routing/disabled', 'models/default-model'],
  },
  {
    name: 'unique aliases',
    file: 'src/models/models.repository.ts',
    edits: [
      ['changes.modelKey !== undefined || changes.aliases !== undefined', 'changes.modelKey !== undefined'],
    ],
    project: 'sqlite',
    specs: ['models/model-aliases'],
  },
  {
    name: 'record of price changes',
    file: 'src/models/model-writer.ts',
    edits: [['await this.prices.update(caller, before, after, sent);', '']],
    project: 'sqlite',
    specs: ['models/price-history'],
  },
  {
    name: 'corrupt price sheets',
    file: 'src/models/stored-sheet.ts',
    edits: [['return isPriceSheet(value) ? value : undefined;', 'return value as PriceSheet | undefined;']],
    project: 'sqlite',
    specs: ['registry/corrupt-rows'],
  },
  {
    name: 'values of items in the rule index',
    file: 'src/routing/engine/rules/rule-evaluator.ts',
    edits: [['if (isSeveral(value)) hasArray = true;', 'if (Array.isArray(value)) hasArray = true;']],
    project: 'unit',
    specs: ['src/routing/engine/routing-table.properties'],
  },
  {
    name: 'collation of a restored database',
    file: 'src/database/database.service.ts',
    edits: [['await setTableCollation(this.dataSource);', 'void setTableCollation;']],
    project: 'mariadb',
    specs: ['database/upgrade'],
  },
  {
    name: 'other spelling of a stored model',
    file: 'src/models/other-spelling.ts',
    edits: [['return other !== null && keys.has(foldedModelKey(other));', 'return false;']],
    project: 'sqlite',
    specs: ['discovery/model-spellings'],
  },
];
