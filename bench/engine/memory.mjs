import { summarise } from '../statistics.mjs';
import { RoutingTable } from './caret.mjs';
import { processorMilliseconds } from './processor-time.mjs';
import { oneNameRegistry, registry } from './registries.mjs';

const ONE_NAME = 'the same, all under one name: 100 000 providers too';

/** Measures the megabytes that a table retains without its rows, and the time to build it. */
function weigh(makeRows) {
  globalThis.gc();
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  let rows = makeRows();
  const { result: table, time } = processorMilliseconds(() =>
    RoutingTable.build(1, rows.providers, rows.models),
  );
  rows = null;
  globalThis.gc();
  globalThis.gc();
  const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
  return { table, megabytes, time };
}

/** Measures the longest slice of a table build that yields to the event loop, in ms of wall time. */
export function longestSlice({ providers, models }, size) {
  const table = RoutingTable.build(1, providers, []);
  let longest = 0;
  for (let start = 0; start < models.length; start += size) {
    const slice = models.slice(start, start + size);
    const before = process.hrtime.bigint();
    table.apply(1, { models: slice, providers: [], removedModels: [], removedProviders: [] });
    longest = Math.max(longest, Number(process.hrtime.bigint() - before) / 1e6);
  }
  return longest;
}

/** Measures the memory of tables with `size` models. */
export function measureMemory(size) {
  const registries = {
    'prices only': () => registry(size, { rules: false }),
    'prices and rules': () => registry(size, { rules: true }),
    [ONE_NAME]: () => oneNameRegistry(size),
  };
  const lines = [];
  for (const [name, makeRows] of Object.entries(registries)) {
    const runs = Array.from({ length: 2 }, () => {
      const { megabytes, time } = weigh(makeRows);
      return { megabytes, time };
    });
    lines.push({
      name,
      // No goal, because the table has 100,000 providers as well and the goal is for models.
      hasGoal: makeRows !== registries[ONE_NAME],
      megabytes: summarise(runs.map((run) => run.megabytes)),
      time: summarise(runs.map((run) => run.time)),
    });
  }
  return lines;
}
