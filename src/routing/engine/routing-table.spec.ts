import { resolveNaively } from './fixtures/naive-resolver';
import { idsOf, modelRow, NO_CHANGES, providerRow, selectorOf, tableOf } from './fixtures/registry-rows';
import type { RegistryChanges } from './model/routed-registry';
import { resolve } from './resolve';

describe('RoutingTable', () => {
  it('resolves a group of 3000 models, before and after removals', () => {
    const provider = providerRow('p');
    const rows = Array.from({ length: 3000 }, (_, index) =>
      modelRow(provider, `m${index}`, {
        priority: (index * 7919) % 101,
        tags: ['all'],
        when: index % 3 === 0 ? {} : { tier: `t${index % 7}`, team: index % 50 },
      }),
    );
    const registry = { providers: [provider], models: rows };
    const table = tableOf(...registry.providers, ...registry.models);
    const context = { tier: 't3', team: [3, 10, 24, 45] };
    expect(idsOf(table, ['#all'], context)).toEqual(resolveNaively(registry, ['#all'], context));

    const left = rows.filter((_, index) => index % 4 === 1);
    const removed = rows.filter((_, index) => index % 4 !== 1).map(({ id }) => id);
    table.apply(2, { ...NO_CHANGES, removedModels: removed });
    expect(idsOf(table, ['p^#all'], context)).toEqual(
      resolveNaively({ ...registry, models: left }, ['#all'], context),
    );
  });

  it('looks up rules of many shapes', () => {
    const provider = providerRow('p');
    const rows = Array.from({ length: 500 }, (_, index) =>
      modelRow(provider, `m${index}`, { when: { [`key${index}`]: index, [`key${index + 1}`]: index + 1 } }),
    );
    const table = tableOf(provider, ...rows);
    const context = { key7: 7, key8: [8, 'x'], key9: 9, other: 1 };
    expect(idsOf(table, ['auto'], context)).toEqual([rows[7]!.id, rows[8]!.id]);
  });

  it('resolves a context whose arrays have too many combinations', () => {
    const provider = providerRow('p');
    const rows = Array.from({ length: 200 }, (_, index) =>
      modelRow(provider, `m${index}`, { when: { a: index % 20, b: `${index % 30}`, c: index % 2 === 0 } }),
    );
    const registry = { providers: [provider], models: rows };
    const context = {
      a: Array.from({ length: 15 }, (_, index) => index),
      b: Array.from({ length: 25 }, (_, index) => `${index}`),
      c: true,
    };
    const expected = resolveNaively(registry, ['auto'], context);
    expect(expected.length).toBeGreaterThan(20);
    expect(idsOf(tableOf(...registry.providers, ...registry.models), ['auto'], context)).toEqual(expected);
  });

  it('applies changes of a provider to its models', () => {
    const provider = providerRow('old', { usable: false });
    const model = modelRow(provider, 'gpt', { isDefault: true });
    const table = tableOf(provider, model);
    expect(idsOf(table, ['auto', 'old^gpt', 'gpt'], {})).toEqual([]);

    const renamed = { ...provider, name: 'new', usable: true };
    table.apply(2, { ...NO_CHANGES, providers: [renamed] });
    expect(table.providerNames()).toEqual(['new']);
    expect(idsOf(table, ['old^gpt'], {})).toEqual([]);
    expect(resolve(table, [selectorOf('gpt')], {}).selected).toMatchObject({
      selector: 'new^gpt',
      provider: renamed,
    });
  });

  it('applies an exchange of names', () => {
    const [one, other] = [providerRow('a'), providerRow('b')];
    const [first, second] = [modelRow(one, 'x'), modelRow(one, 'y')];
    const table = tableOf(one, other, first, second);
    table.apply(2, {
      ...NO_CHANGES,
      providers: [
        { ...one, name: 'b' },
        { ...other, name: 'a' },
      ],
      models: [
        { ...first, model: 'y' },
        { ...second, model: 'x' },
      ],
    });
    expect(idsOf(table, ['b^y'], {})).toEqual([first.id]);
    expect(idsOf(table, ['b^x'], {})).toEqual([second.id]);
    expect(idsOf(table, ['a^x'], {})).toEqual([]);
  });

  it('throws TypeError for duplicate rows', () => {
    const provider = providerRow('p');
    const models = [modelRow(provider, 'a'), modelRow(provider, 'b')];
    const table = tableOf(provider, ...models);
    const twice = { ...NO_CHANGES, models: [models[0]!, models[0]!] };
    expect(() => table.apply(2, twice)).toThrow(TypeError);
  });

  it('leaves out a model with an unknown provider', () => {
    const provider = providerRow('p');
    const model = modelRow(provider, 'gpt');
    expect(tableOf(model).size).toBe(0);
    const table = tableOf(provider, model);
    table.apply(2, { ...NO_CHANGES, models: [{ ...model, providerId: 'nowhere' }] });
    expect([table.size, table.findById(model.id)]).toEqual([0, null]);
  });

  it('follows a default that is moved or removed', () => {
    const provider = providerRow('p');
    const [one, other] = [modelRow(provider, 'one', { isDefault: true }), modelRow(provider, 'other')];
    const table = tableOf(provider, one, other);
    const moved = [
      { ...other, isDefault: true },
      { ...one, isDefault: false },
    ];
    table.apply(2, { ...NO_CHANGES, models: moved });
    expect(idsOf(table, ['p^'], {})).toEqual([other.id]);
    table.apply(3, { ...NO_CHANGES, removedModels: [other.id] });
    expect(idsOf(table, ['p^'], {})).toEqual([]);
  });

  it("finds a model added after the first lookup of a provider's tag", () => {
    const provider = providerRow('p');
    const model = modelRow(provider, 'late', { tags: ['t'] });
    const table = tableOf(provider);
    expect(idsOf(table, ['p^#t'], {})).toEqual([]);
    table.apply(2, { ...NO_CHANGES, models: [model] });
    expect(idsOf(table, ['p^#t'], {})).toEqual([model.id]);
  });

  it('can apply changes of at most 1000 models', () => {
    const provider = providerRow('p');
    const models = Array.from({ length: 1001 }, (_, index) => modelRow(provider, `m${index}`));
    const table = tableOf(provider, ...models);
    const canApply = (changes: Partial<RegistryChanges>) => table.canApply({ ...NO_CHANGES, ...changes });
    const ids = models.map(({ id }) => id);
    expect(canApply({ models: models.slice(1) })).toBe(true);
    expect(canApply({ models })).toBe(false);
    expect(canApply({ removedModels: ids.slice(0, 500), models: models.slice(0, 501) })).toBe(false);
    expect(canApply({ removedProviders: [provider.id] })).toBe(false);
    expect(canApply({ providers: [{ ...provider, usable: false }] })).toBe(false);
    expect(canApply({ providers: [{ ...provider, enabled: false }] })).toBe(false);
    expect(canApply({ providers: [{ ...provider, name: 'new' }], removedProviders: ['other'] })).toBe(true);
  });
});
