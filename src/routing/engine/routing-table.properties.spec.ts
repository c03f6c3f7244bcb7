import fc from 'fast-check';
import { type Registry, resolveNaively } from './fixtures/naive-resolver';
import { contexts, histories, registries, selectors } from './fixtures/registry-arbitraries';
import { idsOf, NO_CHANGES, selectorOf } from './fixtures/registry-rows';
import { type RegistryChanges } from './model/routed-registry';
import { resolve } from './resolve';
import { RoutingTable } from './routing-table';

/** Shrinking a registry can take minutes. After this time the example is small enough to read. */
const TIME_LIMIT = { interruptAfterTimeLimit: 30_000 };

const requests = fc.array(fc.tuple(fc.array(selectors, { minLength: 1, maxLength: 3 }), contexts), {
  minLength: 1,
  maxLength: 12,
});

describe('RoutingTable', () => {
  it('resolves like filtering and sorting all models', () => {
    fc.assert(
      fc.property(registries, requests, (registry, asked) => {
        const table = tableFrom(registry);
        for (const [texts, context] of asked) {
          expect(idsOf(table, texts, context)).toEqual(resolveNaively(registry, texts, context));
        }
      }),
      { numRuns: 200, ...TIME_LIMIT },
    );
  });

  it('equals a table built from scratch after every change', () => {
    fc.assert(
      fc.property(histories, requests, fc.nat(), (registryList, asked, turn) => {
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
      { numRuns: 70, ...TIME_LIMIT },
    );
  });

  it('is empty after everything is removed', () => {
    fc.assert(
      fc.property(registries, fc.boolean(), requests, (registry, byProvider, asked) => {
        const table = tableFrom(registry);
        // Resolve first, because selectors like `provider^#tag` create indexes.
        for (const [texts, context] of asked) idsOf(table, texts, context);
        table.apply(2, {
          ...NO_CHANGES,
          removedModels: byProvider ? [] : registry.models.map(({ id }) => id),
          removedProviders: registry.providers.map(({ id }) => id),
        });
        const { directory, autoGroup, patterns } = table as unknown as Record<string, unknown>;
        // `autoGroup` may keep an empty index, and `patterns` may keep those of removed rules.
        expect(table).toEqual(
          Object.assign(new RoutingTable(), { currentRevision: 2, directory, autoGroup, patterns }),
        );
        expect(table.autoGroup.isEmpty).toBe(true);
        expect(table.providerNames()).toEqual([]);
      }),
      TIME_LIMIT,
    );
  });

  it('does not affect a resolution of an earlier revision', () => {
    fc.assert(
      fc.property(histories, requests, ([before, after], asked) => {
        if (before === undefined || after === undefined) throw new TypeError('a history has two steps');
        const table = tableFrom(before);
        const usable = new Set(
          before.providers.filter(({ usable, enabled }) => usable && enabled).map(({ id }) => id),
        );
        const open = asked.map(([texts, context]) => resolve(table, texts.map(selectorOf), context));
        for (const resolution of open) resolution.at(0);
        table.apply(2, changesBetween(before, after));
        for (const [index, [texts, context]] of asked.entries()) {
          expect(open[index]!.revision).toBe(1);
          const models = [...open[index]!].map(({ model }) => model);
          expect(models.map(({ id }) => id)).toEqual(resolveNaively(before, texts, context));
          expect(models.every(({ enabled, providerId }) => enabled && usable.has(providerId))).toBe(true);
        }
      }),
      { numRuns: 70, ...TIME_LIMIT },
    );
  });

  it('returns every field of a model unchanged', () => {
    fc.assert(
      fc.property(registries, ({ providers, models }) => {
        const table = RoutingTable.build(7, providers, models);
        for (const row of models) {
          const { model, provider } = table.findById(row.id)!;
          expect(Object.fromEntries(Object.keys(row).map((key) => [key, model[key as never]]))).toEqual(row);
          expect(provider).toBe(providers.find(({ id }) => id === row.providerId));
        }
        const selectable = models.filter(({ enabled, providerId }) => {
          const provider = providers.find(({ id }) => id === providerId)!;
          return enabled && provider.enabled && provider.usable;
        });
        expect(table.size).toBe(models.length);
        expect(
          table
            .selectable()
            .map(({ model }) => model.id)
            .sort(),
        ).toEqual(selectable.map(({ id }) => id).sort());
        expect(table.revision).toBe(7);
      }),
      TIME_LIMIT,
    );
  });
});

function tableFrom({ providers, models }: Registry): RoutingTable {
  return RoutingTable.build(1, providers, models);
}

/** The changes from one registry to the other, without equal rows. */
function changesBetween(from: Registry, to: Registry): RegistryChanges {
  const changed = <Row extends { id: string }>(before: readonly Row[], after: readonly Row[]): Row[] =>
    after.filter((row) => JSON.stringify(row) !== JSON.stringify(before.find(({ id }) => id === row.id)));
  const removed = (before: readonly { id: string }[], after: readonly { id: string }[]): string[] =>
    before.map(({ id }) => id).filter((id) => !after.some((row) => row.id === id));
  return {
    providers: changed(from.providers, to.providers),
    removedProviders: removed(from.providers, to.providers),
    models: changed(from.models, to.models),
    removedModels: removed(from.models, to.models),
  };
}

function rotate({ providers, models }: Registry, turn: number): Registry {
  const rotated = <Row>(rows: readonly Row[]): Row[] => {
    const at = rows.length === 0 ? 0 : turn % rows.length;
    return [...rows.slice(at), ...rows.slice(0, at)].reverse();
  };
  return { providers: rotated(providers), models: rotated(models) };
}
