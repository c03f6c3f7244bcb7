/**
 * The routing engine by itself: `npm run build`, then `node --expose-gc bench/engine.mjs [--quick] [--dist=DIRECTORY]`.
 * Registries of three sizes in one process, in alternating rounds; the selector's text is read anew each time.
 */
import { createRequire } from 'node:module';
import { resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine } from './machine.mjs';
import { measureRounds } from './measure.mjs';
import { summarise } from './statistics.mjs';

const option = (name) => process.argv.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3);
const quick = process.argv.includes('--quick');
const dist = option('dist') ?? fileURLToPath(new URL('../dist', import.meta.url));
const require = createRequire(import.meta.url);
const engine = (file) => require(resolvePath(dist, 'routing/engine', file));
const { RoutingTable } = engine('routing-table.js');
const { parseSelector } = engine('selector.js');
const { resolve } = engine('resolve.js');

const SIZES = [10, 1000, 100_000];
const LARGEST = SIZES.at(-1);
const ROUNDS = quick ? 5 : 7;
const ITERATIONS = quick ? 50_000 : 100_000;
const UPDATES = 2_000;
const SAMPLES = 4096;
/** Goals of the design: µs, growth from the smallest to the largest, MB. */
const GOALS = {
  exact: 1,
  bare: 2,
  auto: 2,
  'one name': 2,
  update: 10,
  'rule update': 10,
  growth: 2.5,
  megabytes: 45,
};

const ONE_NAME = 'the same, all under one name: 100 000 providers too';

/** Reproducible, and good enough for picking (mulberry32). */
function randomNumbers(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** As a database driver makes them: concatenations keep their pieces, and would weigh double. */
const flat = (text) => Buffer.from(text).toString();
const idOf = (number) => flat(`01930000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`);

const contextOf = (index, random) => ({
  tier: `tier-${index % 5}`,
  region: `region-${index % 11}`,
  team: `team-${random(1_000_000)}`,
});

/**
 * Twenty models a provider, each name at five providers, one of 200 prices, a rule of three equalities; every tenth rule
 * has a `$gte` too, every twentieth an `$in`.
 */
function registry(size, { rules }) {
  const random = randomNumbers(size);
  const providers = Array.from({ length: Math.ceil(size / 20) }, (_, index) => ({
    id: idOf(index),
    name: flat(`provider-${index}`),
    kind: index % 2 === 0 ? 'openai' : 'anthropic',
    baseUrl: 'https://api.openai.com/v1',
    openaiApiMode: null,
    advancedJson: null,
    usable: true,
  }));
  const contexts = [];
  const models = Array.from({ length: size }, (_, index) => {
    const provider = Math.floor(index / 20);
    const context = contextOf(index, random);
    const when = { ...context };
    if (index % 10 === 3) when.tokens = { $gte: random(1000) };
    if (index % 20 === 5) when.weekday = { $in: [1, 2, 3, 4, 5] };
    contexts.push({ ...context, tokens: 1000, weekday: 3, stream: true });
    const name = `model-${(index % 20) + 20 * Math.floor(provider / 5)}`;
    const price = index % 200;
    return {
      id: idOf(1_000_000 + index),
      providerId: idOf(provider),
      model: flat(name),
      priority: 0,
      isDefault: index % 20 === 0,
      tags: [],
      whenText: rules ? flat(JSON.stringify(when)) : flat('{}'),
      advancedJson: {},
      learnedProtocol: null,
      multiplier: 1,
      rates: { input: price / 1e3 + 1e-4, output: price / 250 + 1e-4, cacheWrite: null, cacheRead: null },
    };
  });
  return { providers, models, contexts };
}

/** All rules under one name: a provider for each, since a name stands once under one. */
function oneNameRegistry(size) {
  const plain = registry(size, { rules: true });
  const providers = Array.from({ length: size }, (_, index) => ({
    ...plain.providers[0],
    id: idOf(index),
    name: flat(`provider-${index}`),
  }));
  const models = plain.models.map((model, index) => ({
    ...model,
    providerId: providers[index].id,
    model: 'the-model',
    isDefault: true,
  }));
  return { ...plain, providers, models };
}

const noNames = () => [];
/** Processor time, so that a busy machine counts little; the collector of garbage is in it. */
const milliseconds = (work) => {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, time: (user + system) / 1000 };
};

/** A measurement: µs of one resolution, over random pairs of selector and context; every one must find a model. */
function resolving(table, pairs) {
  return () => {
    let found = 0;
    const { time } = milliseconds(() => {
      for (let index = 0; index < ITERATIONS; index++) {
        const { text, context } = pairs[index % SAMPLES];
        const selector = parseSelector(text, '/selector', noNames);
        if (resolve(table, [selector], context).selected !== null) found++;
      }
    });
    if (found !== ITERATIONS) throw new Error(`only ${found} of ${ITERATIONS} resolved`);
    return (time * 1000) / ITERATIONS;
  };
}

function pairsOf({ models, contexts, providers }, textOf, seed) {
  const random = randomNumbers(seed);
  const names = new Map(providers.map(({ id, name }) => [id, name]));
  return Array.from({ length: SAMPLES }, () => {
    const index = random(models.length);
    const text = flat(textOf(models[index], names.get(models[index].providerId)));
    // A copy, as each request brings its own: strings whose hashes nobody has worked out yet.
    return { text, context: JSON.parse(JSON.stringify(contexts[index])) };
  });
}

/** A measurement: µs of one changed model; afterwards everything is as it was, for the measurements beside. */
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
    const { time } = milliseconds(() => {
      for (const changed of changes) table.apply(++revision, changed);
    });
    table.apply(++revision, { ...nothing, models: [...new Set(originals)] });
    return (time * 1000) / UPDATES;
  };
}

/** Another place in the order, everywhere. */
const changedPriority = (_, random) => ({ priority: random(100) });

/** Another place in the index; the rule must be compiled. */
const changedRule = ({ whenText }, random) => ({
  whenText: flat(JSON.stringify({ ...JSON.parse(whenText), team: `other-${random(1_000_000)}` })),
});

/** Megabytes that stay once the rows are gone, and how long the table took. */
function weigh(makeRows) {
  globalThis.gc();
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  let rows = makeRows();
  const { result: table, time } = milliseconds(() => RoutingTable.build(1, rows.providers, rows.models));
  rows = null;
  globalThis.gc();
  globalThis.gc();
  const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
  return { table, megabytes, time };
}

/** The longest of the turns in which a table can be built while others wait: wall time, ms. */
function longestSlice({ providers, models }, size) {
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

function measureMemory() {
  const registries = {
    'prices only': () => registry(LARGEST, { rules: false }),
    'prices and rules': () => registry(LARGEST, { rules: true }),
    [ONE_NAME]: () => oneNameRegistry(LARGEST),
  };
  const lines = [];
  for (const [name, makeRows] of Object.entries(registries)) {
    const runs = Array.from({ length: 2 }, () => {
      const { megabytes, time } = weigh(makeRows);
      return { megabytes, time };
    });
    lines.push({
      name,
      // A hundred thousand providers weigh too; the goal is of models.
      isJudged: makeRows !== registries[ONE_NAME],
      megabytes: summarise(runs.map((run) => run.megabytes)),
      time: summarise(runs.map((run) => run.time)),
    });
  }
  return lines;
}

async function measureTimes() {
  const targets = {};
  for (const size of SIZES) {
    const rows = registry(size, { rules: true });
    const table = RoutingTable.build(1, rows.providers, rows.models);
    const one = oneNameRegistry(size);
    const oneTable = RoutingTable.build(1, one.providers, one.models);
    targets[`exact ${size}`] = resolving(
      table,
      pairsOf(rows, ({ model }, name) => `${name}^${model}`, 1),
    );
    targets[`bare ${size}`] = resolving(
      table,
      pairsOf(rows, ({ model }) => model, 2),
    );
    targets[`auto ${size}`] = resolving(
      table,
      pairsOf(rows, () => 'auto', 3),
    );
    targets[`one name ${size}`] = resolving(
      oneTable,
      pairsOf(one, () => 'the-model', 4),
    );
    targets[`update ${size}`] = updating(table, rows, 5, changedPriority);
    targets[`rule update ${size}`] = updating(table, rows, 6, changedRule);
  }
  for (const run of Object.values(targets)) run();
  return measureRounds(targets, ROUNDS);
}

const figure = (value) =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
const range = ({ median, minimum, maximum }) => `${figure(median)} [${figure(minimum)}–${figure(maximum)}]`;
const verdict = (met) => (met ? 'yes' : '**no**');

function printTimes(samples) {
  console.log(`| µs | ${SIZES.join(' | ')} models | ${LARGEST} ÷ ${SIZES[0]} | goal | met |`);
  console.log(`| --- |${' --: |'.repeat(SIZES.length + 2)} --- |`);
  for (const [name, label] of Object.entries({
    exact: '`provider^model`',
    bare: 'bare model, five providers',
    auto: '`auto`, all rules',
    'one name': 'bare model, all rules under it',
    update: 'one model with another priority',
    'rule update': 'one model with another rule',
  })) {
    const cells = SIZES.map((size) => summarise(samples[`${name} ${size}`]));
    const ratios = samples[`${name} ${LARGEST}`].map(
      (time, round) => time / samples[`${name} ${SIZES[0]}`][round],
    );
    const growth = summarise(ratios);
    const isUpdate = name.endsWith('update');
    const met = cells.at(-1).median <= GOALS[name] && (isUpdate || growth.median <= GOALS.growth);
    const goal = isUpdate ? `≤ ${GOALS[name]}` : `≤ ${GOALS[name]}, ≤ ${GOALS.growth}×`;
    console.log(
      `| ${label} | ${cells.map(range).join(' | ')} | ${range(growth)} | ${goal} | ${verdict(met)} |`,
    );
  }
}

function printMemory(lines) {
  console.log(`\n| ${LARGEST} models | heap, MB | goal | met | build, CPU ms |`);
  console.log('| --- | --: | --: | --- | --: |');
  for (const { name, megabytes, time, isJudged } of lines) {
    const heap = isJudged ? verdict(megabytes.median <= GOALS.megabytes) : '–';
    console.log(`| ${name} | ${range(megabytes)} | ≤ ${GOALS.megabytes} | ${heap} | ${range(time)} |`);
  }
}

if (globalThis.gc === undefined) throw new Error('run it with node --expose-gc');
const machine = describeMachine();
const memory = measureMemory();
const times = await measureTimes();
console.log('## Routing engine\n');
console.log(`Node ${machine.node}, ${machine.processor}, load ${machine.loadAverage.join(' ')}.`);
console.log(`${ROUNDS} alternating rounds; median [least–greatest]. Reading the selector is included.\n`);
printTimes(times);
printMemory(memory);
const slice = longestSlice(registry(LARGEST, { rules: true }), 1000);
console.log(
  `\nBuilt in slices of 1000 models with rules, the longest took ${figure(slice)} ms of wall time.`,
);
