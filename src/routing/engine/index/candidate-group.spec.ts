import { modelRow, providerRow, tableOf } from '../fixtures/registry-rows';
import { CandidateGroup } from './candidate-group';
import { RuleIndex } from './rule-index';

const main = providerRow('main');

function modelsWith(rules: readonly object[]) {
  const rows = rules.map((when, index) => modelRow(main, `m${index}`, { when }));
  const table = tableOf(main, ...rows);
  return rows.map(({ model }) => table.findModelOf(table.findProvider('main')!, model)!);
}

describe('CandidateGroup', () => {
  const many = Array.from({ length: 100 }, (_, index) => index);

  it('builds no index for rules without a path set', () => {
    const group = new CandidateGroup();
    for (const model of modelsWith([...many.map((least) => ({ a: { $gt: least } })), { a: 1 }])) {
      group.add(model);
    }
    expect(group['indexable']).not.toBeInstanceOf(RuleIndex);
    expect([...group.models()]).toHaveLength(101);
  });

  it('keeps an index that has become empty', () => {
    const group = new CandidateGroup();
    const models = modelsWith(many.map((value) => ({ a: value })));
    for (const model of models) group.add(model);
    const index = group['indexable'];
    expect(index).toBeInstanceOf(RuleIndex);
    for (const model of models) group.remove(model);
    expect(group.isEmpty).toBe(true);
    group.add(models[0]!);
    expect(group['indexable']).toBe(index);
    expect(group.isEmpty).toBe(false);
    expect([...group.models()]).toEqual([models[0]]);
  });

  it.each([1, 2, 32, 33, 100])('with %d models throws TypeError on removing a foreign model', (count) => {
    for (const ruleOf of [
      () => ({}),
      (value: number) => ({ a: value }),
      () => ({ a: 1 }),
      (value: number) => ({ a: { $gt: value } }),
    ]) {
      const [foreign, ...models] = modelsWith(Array.from({ length: count + 1 }, (_, at) => ruleOf(at)));
      const group = new CandidateGroup();
      for (const model of models) group.add(model);
      expect(() => group.remove(foreign!)).toThrow(TypeError);
      expect(new Set(group.models())).toEqual(new Set(models));
    }
  });
});
