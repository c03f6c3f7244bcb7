import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { repeatDisturbedTests } from '../../../../test/support/pace';
import { modelRow, NO_CHANGES, providerRow } from '../fixtures/registry-rows';
import { RoutingTable } from '../routing-table';
import { type RoutedModel } from './routed-registry';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What else the heap may gain or lose meanwhile. The caches that all tables share are full after the first table. */
const NOISE = 2 * 2 ** 20;

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
    'sealed headers',
    rowsOf(3_000, (index) => ({ sealedHeaders: { text: text(Array(500).fill(index)), version: index } })),
  ],
  [
    'empty objects in rules',
    rowsOf(25, (index) => ({ whenText: text({ a: [index, ...Array<object>(20_000).fill({})] }) })),
  ],
  [
    'sets in rules',
    rowsOf(25, (index) => ({
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

/** Two measurements of a heap at rest differ by less. */
const RESTING_BYTES = 256 * 1024;
const MAX_COLLECTIONS = 5;

/** Returns the size of the heap when another collection no longer changes it. */
async function heapAtRest(): Promise<number> {
  let size = Infinity;
  for (let turn = 0; turn < MAX_COLLECTIONS; turn++) {
    // Weak references retain their targets until the end of the turn.
    await setImmediate();
    collectGarbage();
    const former = size;
    size = process.memoryUsage().heapUsed;
    if (Math.abs(former - size) < RESTING_BYTES) break;
  }
  return size;
}

interface Measured {
  readonly table: RoutingTable;
  /** The memory that the table retains. */
  readonly grown: number;
}

async function measure(rows: () => RoutedModel[]): Promise<Measured> {
  const before = await heapAtRest();
  const table = RoutingTable.build(1, [main], rows());
  return { table, grown: (await heapAtRest()) - before };
}

repeatDisturbedTests();

describe('the bytes of a routing table', () => {
  it.each(SHAPES)('cover its memory and are 0 after its rows are removed: %s', async (_shape, rows) => {
    const { table, grown } = await measure(rows);
    expect(table.bytes + NOISE).toBeGreaterThan(0.8 * grown);
    expect(table.bytes).toBeLessThan(6 * (grown + NOISE));
    table.apply(2, { ...NO_CHANGES, removedProviders: [main.id] });
    expect(table.bytes).toBe(0);
  });
});
