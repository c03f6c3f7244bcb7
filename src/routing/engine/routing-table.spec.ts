import fc from 'fast-check';
import { resolveNaively, type Registry } from './fixtures/naive-resolver';
import { contexts, registries, selectors } from './fixtures/registry-arbitraries';
import { modelRow, providerRow, selectorOf, tableOf } from './fixtures/registry-rows';
import { type RegistryChanges } from './registry-changes';
import { resolve } from './resolve';
import { RoutingTable } from './routing-table';

const NOTHING: RegistryChanges = { providers: [], removedProviders: [], models: [], removedModels: [] };

function idsOf(table: RoutingTable, texts: readonly string[], context: Record<string, unknown>): string[] {
  return [...resolve(table, texts.map(selectorOf), context)].map(({ model }) => model.id);
}

function tableFrom({ providers, models }: Registry): RoutingTable {
  return RoutingTable.build(1, providers, models);
}

/** What turns one registry into the other, rows that are alike left out. */
function changesBetween(from: Registry, to: Registry): RegistryChanges {
  const changed = <Row extends { id: string }>(before: readonly Row[], after: readonly Row[]): Row[] =>
    after.filter((row) => JSON.stringify(row) !== JSON.stringify(before.find(({ id }) => id === row.id)));
  const gone = (before: readonly { id: string }[], after: readonly { id: string }[]): string[] =>
    before.map(({ id }) => id).filter((id) => !after.some((row) => row.id === id));
  return {
    providers: changed(from.providers, to.providers),
    removedProviders: gone(from.providers, to.providers),
    models: changed(from.models, to.models),
    removedModels: gone(from.models, to.models),
  };
}

const requests = fc.array(fc.tuple(fc.array(selectors, { minLength: 1, maxLength: 3 }), contexts), {
  minLength: 1,
  maxLength: 12,
});

describe('RoutingTable', () => {
  it('answers as filtering and sorting all models does', () => {
    fc.assert(
      fc.property(registries, requests, (registry, asked) => {
        const table = tableFrom(registry);
        for (const [texts, context] of asked) {
          expect(idsOf(table, texts, context)).toEqual(resolveNaively(registry, texts, context));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is the same by steps as built at once, whatever the order', () => {
    const steps = fc.array(registries, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(steps, requests, fc.nat(), (registryList, asked, turn) => {
        const table = new RoutingTable();
        let before: Registry = { providers: [], models: [] };
        for (const [step, registry] of registryList.entries()) {
          table.apply(step + 1, changesBetween(before, registry));
          before = registry;
          const rotated = rotate(registry, turn);
          const built = tableFrom(rotated);
          expect(table.size).toBe(registry.models.length);
          expect(table.providerNames()).toEqual(built.providerNames());
          for (const [texts, context] of asked) {
            const expected = resolveNaively(registry, texts, context);
            expect(idsOf(table, texts, context)).toEqual(expected);
            expect(idsOf(built, texts, context)).toEqual(expected);
          }
        }
      }),
      { numRuns: 70 },
    );
  });

  it('holds nothing any more once everything is removed', () => {
    fc.assert(
      fc.property(registries, fc.boolean(), requests, (registry, byProvider, asked) => {
        const table = tableFrom(registry);
        // Selectors of one provider's tags make indexes of their own.
        for (const [texts, context] of asked) idsOf(table, texts, context);
        table.apply(2, {
          ...NOTHING,
          removedModels: byProvider ? [] : registry.models.map(({ id }) => id),
          removedProviders: registry.providers.map(({ id }) => id),
        });
        expect(table).toEqual(
          Object.assign(new RoutingTable(), { currentRevision: 2, directory: table['directory'] }),
        );
        expect(table.providerNames()).toEqual([]);
      }),
    );
  });

  it('finds the best of many thousand in one group, and loses none on the way in and out', () => {
    const provider = providerRow('p');
    const rows = Array.from({ length: 3000 }, (_, index) =>
      modelRow(provider, `m${index}`, {
        priority: (index * 7919) % 101,
        tags: ['all'],
        when: index % 3 === 0 ? {} : { tier: `t${index % 7}`, team: index % 50 },
      }),
    );
    const registry = { providers: [provider], models: rows };
    const table = tableFrom(registry);
    const context = { tier: 't3', team: [3, 10, 24, 45] };
    expect(idsOf(table, ['#all'], context)).toEqual(resolveNaively(registry, ['#all'], context));

    const left = rows.filter((_, index) => index % 4 === 1);
    const removed = rows.filter((_, index) => index % 4 !== 1).map(({ id }) => id);
    table.apply(2, { ...NOTHING, removedModels: removed });
    expect(idsOf(table, ['p^#all'], context)).toEqual(
      resolveNaively({ ...registry, models: left }, ['#all'], context),
    );
  });

  it('looks rules up also where they are of many shapes', () => {
    const provider = providerRow('p');
    const rows = Array.from({ length: 500 }, (_, index) =>
      modelRow(provider, `m${index}`, { when: { [`key${index}`]: index, [`key${index + 1}`]: index + 1 } }),
    );
    const table = tableOf(provider, ...rows);
    const context = { key7: 7, key8: [8, 'x'], key9: 9, other: 1 };
    expect(idsOf(table, ['auto'], context)).toEqual([rows[7]!.id, rows[8]!.id]);
  });

  it('tests rule by rule where arrays have too many combinations', () => {
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
    expect(idsOf(tableFrom(registry), ['auto'], context)).toEqual(expected);
  });

  it('lets a resolution in hand go on with the models and the order of its revision', () => {
    fc.assert(
      fc.property(registries, registries, requests, (before, after, asked) => {
        const table = tableFrom(before);
        const usable = new Set(before.providers.filter((each) => each.usable).map(({ id }) => id));
        const open = asked.map(([texts, context]) => resolve(table, texts.map(selectorOf), context));
        for (const resolution of open) resolution.at(0);
        table.apply(2, changesBetween(before, after));
        for (const [index, [texts, context]] of asked.entries()) {
          expect(open[index]!.revision).toBe(1);
          const models = [...open[index]!].map(({ model }) => model);
          expect(models.map(({ id }) => id)).toEqual(resolveNaively(before, texts, context));
          expect(models.every(({ providerId }) => usable.has(providerId))).toBe(true);
        }
      }),
      { numRuns: 70 },
    );
  });

  it('gives back of a model what it was given', () => {
    fc.assert(
      fc.property(registries, ({ providers, models }) => {
        const table = RoutingTable.build(7, providers, models);
        for (const row of models) {
          const { model, provider } = table.find(row.id)!;
          expect(Object.fromEntries(Object.keys(row).map((key) => [key, model[key as never]]))).toEqual(row);
          expect(provider).toBe(providers.find(({ id }) => id === row.providerId));
        }
        expect([...table.all()].map(({ model }) => model.id).sort()).toEqual(
          models.map(({ id }) => id).sort(),
        );
        expect(table.revision).toBe(7);
      }),
    );
  });

  it('takes what changed of a provider to its models without naming them', () => {
    const provider = providerRow('old', { usable: false });
    const model = modelRow(provider, 'gpt', { isDefault: true });
    const table = tableOf(provider, model);
    expect(idsOf(table, ['auto', 'old^gpt', 'gpt'], {})).toEqual([]);

    const renamed = { ...provider, name: 'new', usable: true };
    table.apply(2, { ...NOTHING, providers: [renamed] });
    expect(table.providerNames()).toEqual(['new']);
    expect(idsOf(table, ['old^gpt'], {})).toEqual([]);
    expect(resolve(table, [selectorOf('gpt')], {}).selected).toMatchObject({
      selector: 'new^gpt',
      provider: renamed,
    });
  });

  it('takes an exchange of names for what it is', () => {
    const [one, other] = [providerRow('a'), providerRow('b')];
    const [first, second] = [modelRow(one, 'x'), modelRow(one, 'y')];
    const table = tableOf(one, other, first, second);
    table.apply(2, {
      ...NOTHING,
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

  it('leaves a model of an unknown provider out', () => {
    const table = tableOf(modelRow(providerRow('nowhere'), 'gpt'));
    expect(table.size).toBe(0);
  });
});

function rotate({ providers, models }: Registry, turn: number): Registry {
  const rotated = <Row>(rows: readonly Row[]): Row[] => {
    const at = rows.length === 0 ? 0 : turn % rows.length;
    return [...rows.slice(at), ...rows.slice(0, at)].reverse();
  };
  return { providers: rotated(providers), models: rotated(models) };
}
