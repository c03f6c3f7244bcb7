/** Guards of suggested prices. */
export const PRICES_GUARDS = [
  {
    name: 'complete names of the price catalogue',
    file: 'src/pricing/catalogue/catalogue-index.ts',
    edits: [
      [
        'nameTail(id)) ?? null;',
        'nameTail(id)) ?? [...this.byName].find(([key]) => name.startsWith(key))?.[1] ?? null;',
      ],
    ],
    project: 'unit',
    specs: ['src/pricing/catalogue/catalogue-index'],
  },
  {
    name: 'price catalogue at any hour',
    file: 'src/pricing/catalogue/prices-in-force.ts',
    edits: [
      ["return constraint.type === 'start_date' && new", "return constraint.type !== 'start_date' || new"],
    ],
    project: 'unit',
    specs: ['src/pricing/catalogue/prices-in-force'],
  },
  {
    name: 'order of price sources',
    file: 'src/discovery/describe-models.ts',
    edits: [
      [
        'const suggested = model.prices',
        'const suggested = !prices.suggest(target.kind, target.baseUrl, model.id) && model.prices',
      ],
    ],
    project: 'sqlite',
    specs: ['discovery/price-check.e2e'],
  },
  {
    name: 'precondition of applied prices',
    file: 'src/discovery/price-apply.service.ts',
    edits: [['if (!hasEtags(ifMatch)) return;', 'if (!hasEtags(ifMatch) || ifMatch.length > 0) return;']],
    project: 'sqlite',
    specs: ['discovery/price-check-apply'],
  },
  {
    name: 'price check that changes nothing',
    file: 'src/discovery/price-check.service.ts',
    edits: [
      [
        'const suggest = await this.today.load(caller, providerId);',
        `const suggest = await this.today.load(caller, providerId);
    const ids: string[] = [];
    for await (const batch of this.models.walk(accountId, providerId)) ids.push(...batch.map((each) => each.id));
    await this.models.reprice(caller, { providerId, ids }, (model) => suggest(model) ?? 'none', {
      before: () => Promise.resolve(),
      toResult: () => null,
    });`,
      ],
    ],
    project: 'sqlite',
    specs: ['discovery/price-check.e2e'],
  },
  {
    name: 'patterns of price rules per account',
    file: 'src/pricing/adjustment.ts',
    edits: [
      [
        '/** The compiled patterns that',
        'const shared = new PatternCache();\n\n/** The compiled patterns that',
      ],
      ['patterns: run.patterns,', 'patterns: shared,'],
    ],
    project: 'unit',
    specs: ['src/pricing/adjustment'],
  },
  {
    name: 'time limit of price rules',
    file: 'src/cost/cost.service.ts',
    edits: [
      [
        'return this.timeLimit.run(accountId, () => budget.run(() => calculate(() => budget.assertLeft())));',
        'return calculate(() => budget.assertLeft());',
      ],
    ],
    project: 'sqlite',
    specs: ['routing/rule-time-limit'],
  },
  {
    name: 'share of an account in caches',
    file: 'src/common/fair-cache.ts',
    edits: [
      ['b.calculatedSize - a.calculatedSize', 'a.calculatedSize - b.calculatedSize'],
      ['size > kept && cache.calculatedSize > share', 'size > kept && cache.size > 0'],
    ],
    project: 'unit',
    specs: ['src/common/fair-cache', 'src/discovery/model-capabilities'],
  },
];
