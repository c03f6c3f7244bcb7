import { modelRow, providerRow, selectorOf, tableOf } from './engine/fixtures/registry-rows';
import { resolve } from './engine/resolve';
import { limitPatterns } from './pattern-memory';

/** A table that has compiled its only pattern. */
function usedTable(usedAt: number) {
  const provider = providerRow(`p${usedAt}`);
  const table = tableOf(provider, modelRow(provider, 'm', { when: { a: { $regex: 'x+' } } }));
  resolve(table, [selectorOf('auto')], { a: 'xxx' }).at(0);
  return { table, usedAt };
}

describe('limitPatterns', () => {
  it('evicts the patterns of the least recently used tables', () => {
    const entries = [3, 1, 2].map(usedTable);
    const bytes = entries[0]!.table.patterns.bytes;
    expect(bytes).toBeGreaterThan(0);
    limitPatterns(entries, 8 * 3 * bytes);
    expect(entries.map(({ table }) => table.patterns.size)).toEqual([1, 1, 1]);
    limitPatterns(entries, 8 * 1.5 * bytes);
    expect(entries.map(({ table }) => table.patterns.size)).toEqual([1, 0, 0]);
    expect(entries.map(({ table }) => table.patterns.bytes)).toEqual([bytes, 0, 0]);
  });
});
