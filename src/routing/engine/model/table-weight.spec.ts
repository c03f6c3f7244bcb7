import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { modelRow, NO_CHANGES, providerRow } from '../fixtures/registry-rows';
import { RoutingTable } from '../routing-table';
import { type RoutedModel } from './routed-registry';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The caches of equalities and paths, which all tables share. */
const SHARED_CACHES = 8 * 2 ** 20;

const main = providerRow('main');
const rowsOf = (count: number, row: (index: number) => Partial<RoutedModel>) => (): RoutedModel[] =>
  Array.from({ length: count }, (_, index) => modelRow(main, `model-${index}`, row(index)));
const text = (value: unknown) => JSON.stringify(value);

const SHAPES: [string, () => RoutedModel[]][] = [
  ['models alone', rowsOf(10_000, () => ({}))],
  ['equalities', rowsOf(10_000, (index) => ({ whenText: text({ tier: `t${index}`, n: index }) }))],
  [
    'paths',
    rowsOf(2_000, (index) => ({
      whenText: text(Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`p${index}.${at}`, at]))),
    })),
  ],
  ['tags', rowsOf(3_000, (index) => ({ tags: Array.from({ length: 32 }, (_, at) => `tag ${index} ${at}`) }))],
  ['settings', rowsOf(300, (index) => ({ advancedText: text({ a: Array(20_000).fill({}), index }) }))],
  [
    'empty objects in rules',
    rowsOf(100, (index) => ({ whenText: text({ a: [index, ...Array<object>(20_000).fill({})] }) })),
  ],
  [
    'sets in rules',
    rowsOf(100, (index) => ({
      whenText: text({ a: { $in: Array.from({ length: 20_000 }, (_, at) => at * index) } }),
    })),
  ],
  [
    'many conditions',
    rowsOf(1_000, (index) => ({
      whenText: text({
        $or: Array.from({ length: 50 }, (_, at) => ({ a: { $contains: `${index} ${at}` } })),
      }),
    })),
  ],
];

describe('the bytes of a routing table', () => {
  it.each(SHAPES)('cover its memory and are 0 after its rows are removed: %s', (_shape, rows) => {
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const table = RoutingTable.build(1, [main], rows());
    collectGarbage();
    const grown = process.memoryUsage().heapUsed - before;
    expect(table.bytes + SHARED_CACHES).toBeGreaterThan(0.7 * grown);
    expect(table.bytes).toBeLessThan(6 * (grown + SHARED_CACHES));
    table.apply(2, { ...NO_CHANGES, removedProviders: [main.id] });
    expect(table.bytes).toBe(0);
  });
});
