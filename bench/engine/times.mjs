import { measureRounds } from '../measure.mjs';
import { parseSelector, resolve, RoutingTable } from './caret.mjs';
import { processorMilliseconds } from './processor-time.mjs';
import { flat, oneNameRegistry, randomNumbers, registry } from './registries.mjs';

export const SIZES = [10, 1000, 100_000];
const UPDATES = 2_000;
const SAMPLES = 4096;

const noNames = () => [];

/** Measures µs of each job at each size by round. The sizes of a job follow each other, because they are compared. */
export async function measureTimes({ rounds, iterations }) {
  const bySize = SIZES.map((size) => [size, jobsAt(size, iterations)]);
  const targets = {};
  for (const job of Object.keys(bySize[0][1])) {
    for (const [size, jobs] of bySize) targets[`${job} ${size}`] = jobs[job];
  }
  for (const run of Object.values(targets)) run();
  return measureRounds(targets, rounds);
}

function jobsAt(size, iterations) {
  const rows = registry(size, { rules: true });
  const table = RoutingTable.build(1, rows.providers, rows.models);
  const one = oneNameRegistry(size);
  const oneTable = RoutingTable.build(1, one.providers, one.models);
  const selectors = pairsOf(rows, selectorOf, 1);
  const names = pairsOf(rows, ({ model }) => model, 2);
  const autos = pairsOf(rows, () => 'auto', 3);
  const oneName = pairsOf(one, () => 'the-model', 4);
  return {
    floor: lookingUp(rows, selectors, iterations),
    exact: resolving(table, selectors, iterations),
    bare: resolving(table, names, iterations),
    auto: resolving(table, autos, iterations),
    'one name': resolving(oneTable, oneName, iterations),
    update: updating(table, rows, 5, changedPriority),
    'rule update': updating(table, rows, 6, changedRule),
  };
}

const selectorOf = ({ model }, providerName) => `${providerName}^${model}`;

/** Measures µs of one resolution for random pairs of selector and context. Every pair must find a model. */
function resolving(table, pairs, iterations) {
  return () => {
    let found = 0;
    const { time } = processorMilliseconds(() => {
      for (let index = 0; index < iterations; index++) {
        const { text, context } = pairs[index % SAMPLES];
        const selector = parseSelector(text, '/selector', noNames);
        if (resolve(table, [selector], context).selected !== null) found++;
      }
    });
    if (found !== iterations) throw new Error(`only ${found} of ${iterations} resolved`);
    return (time * 1000) / iterations;
  };
}

function pairsOf({ models, contexts, providers }, textOf, seed) {
  const random = randomNumbers(seed);
  const names = new Map(providers.map(({ id, name }) => [id, name]));
  return Array.from({ length: SAMPLES }, () => {
    const index = random(models.length);
    const text = flat(textOf(models[index], names.get(models[index].providerId)));
    // A copy, because each request has its own strings without a computed hash.
    return { text, context: JSON.parse(JSON.stringify(contexts[index])) };
  });
}

/** Measures µs of one lookup in a `Map` by complete selector, with a read of the value. */
function lookingUp({ providers, models }, pairs, iterations) {
  const names = new Map(providers.map(({ id, name }) => [id, name]));
  const map = new Map(models.map((model) => [flat(selectorOf(model, names.get(model.providerId))), model]));
  return () => {
    let found = 0;
    const { time } = processorMilliseconds(() => {
      for (let index = 0; index < iterations; index++) {
        if (map.get(pairs[index % SAMPLES].text).isDefault !== undefined) found++;
      }
    });
    if (found !== iterations) throw new Error(`only ${found} of ${iterations} found`);
    return (time * 1000) / iterations;
  };
}

/** Measures µs of one changed model, and restores the table for the other measurements. */
function updating(table, { models }, seed, change) {
  const random = randomNumbers(seed);
  const nothing = { models: [], providers: [], removedModels: [], removedProviders: [] };
  let revision = table.revision;
  return () => {
    const originals = Array.from({ length: UPDATES }, () => models[random(models.length)]);
    const changes = originals.map((model) => ({
      ...nothing,
      models: [{ ...model, ...change(model, random) }],
    }));
    const { time } = processorMilliseconds(() => {
      for (const changed of changes) table.apply(++revision, changed);
    });
    table.apply(++revision, { ...nothing, models: [...new Set(originals)] });
    return (time * 1000) / UPDATES;
  };
}

/** A change of the model's position in every list. */
const changedPriority = (_, random) => ({ priority: random(100) });

/** A change of the model's place in the index, with a new rule to compile. */
const changedRule = ({ whenText }, random) => ({
  whenText: flat(JSON.stringify({ ...JSON.parse(whenText), team: `other-${random(1_000_000)}` })),
});
