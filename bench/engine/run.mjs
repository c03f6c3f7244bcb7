/**
 * Measures the routing engine alone: `npm run build`, then
 * `node --expose-gc bench/engine/run.mjs [--quick] [--dist=DIRECTORY]`. One process has registries of three sizes and
 * measures them in alternating rounds. Each resolution parses its selector.
 */
import { describeMachine } from '../machine.mjs';
import { markdownTable, range } from '../format.mjs';
import { pairedRatios, summarise } from '../statistics.mjs';
import { longestSlice, measureMemory } from './memory.mjs';
import { registry } from './registries.mjs';
import { measureTimes, SIZES } from './times.mjs';

const quick = process.argv.includes('--quick');
const LARGEST = SIZES.at(-1);
const ROUNDS = quick ? 2 : 7;
const ITERATIONS = quick ? 20_000 : 100_000;
/** Goals of the design: µs, growth from the smallest to the largest registry, and MB. */
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

const JOBS = {
  floor: 'a `Map` of all selectors, for comparison',
  exact: '`provider^model`',
  bare: 'bare model, five providers',
  auto: '`auto`, all rules',
  'one name': 'bare model, all rules under it',
  update: 'one model with another priority',
  'rule update': 'one model with another rule',
};

const number = (value) => value.toLocaleString('en-US');
const verdict = (met) => (met ? 'yes' : '**no**');

function timesTable(samples) {
  const heads = SIZES.map((size, index) => `${number(size)}${index === SIZES.length - 1 ? ' models' : ''}`);
  const columns = ['µs', ...heads, `${number(LARGEST)} ÷ ${SIZES[0]}`, 'goal', 'met'];
  const lines = Object.entries(JOBS).map(([name, label]) => {
    const cells = SIZES.map((size) => summarise(samples[`${name} ${size}`]));
    const growth = summarise(pairedRatios(samples[`${name} ${LARGEST}`], samples[`${name} ${SIZES[0]}`]));
    return [label, ...cells.map(range), range(growth), ...goalColumns(name, cells.at(-1), growth)];
  });
  return markdownTable(
    columns.map((head, index) => [head, index > 0 && head !== 'met']),
    lines,
  );
}

/** Returns the columns of a goal and of whether it is met. */
function goalColumns(name, largest, growth) {
  if (GOALS[name] === undefined) return ['–', '–'];
  const isQuick = largest.median <= GOALS[name];
  if (name.endsWith('update')) return [`≤ ${GOALS[name]}`, verdict(isQuick)];
  return [`≤ ${GOALS[name]}, ≤ ${GOALS.growth} ×`, verdict(isQuick && growth.median <= GOALS.growth)];
}

function memoryTable(lines) {
  const columns = [
    [`${number(LARGEST)} models`],
    ['heap, MB', true],
    ['goal', true],
    ['met'],
    ['build, CPU ms', true],
  ];
  const rows = lines.map(({ name, megabytes, time, hasGoal }) => {
    const goal = hasGoal
      ? [`≤ ${GOALS.megabytes}`, verdict(megabytes.median <= GOALS.megabytes)]
      : ['–', '–'];
    return [name, range(megabytes), ...goal, range(time)];
  });
  return markdownTable(columns, rows);
}

if (globalThis.gc === undefined) throw new Error('run it with node --expose-gc');
const machine = describeMachine();
const memory = measureMemory(LARGEST);
const times = await measureTimes({ rounds: ROUNDS, iterations: ITERATIONS });
console.log('## Routing engine\n');
console.log(`Node ${machine.node}, ${machine.processor}, load ${machine.loadAverage.join(' ')}.`);
console.log(`${ROUNDS} alternating rounds; median [least–greatest]. Parsing the selector is included.\n`);
console.log(`${timesTable(times)}\n\n${memoryTable(memory)}`);
const slice = longestSlice(registry(LARGEST, { rules: true }), 1000);
console.log(
  `\nThe longest slice of a build in slices of 1000 models with rules took ${slice.toFixed(1)} ms of wall time.`,
);
