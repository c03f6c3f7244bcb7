import { markdownTable, range } from './format.mjs';
import { renderGrowth } from './growth.mjs';
import { pairedRatios, summarise } from './statistics.mjs';

/** Creates a row of a table with our figures, those of the floor, and the goal. */
export function row(cell, measure, { ours, floor = null, goal = null, goalOn = 'ratio' }) {
  const ratio = floor && summarise(pairedRatios(ours, floor));
  const compared = goalOn === 'ratio' ? ratio : summarise(ours);
  const met =
    goal === null
      ? null
      : goal.atMost === undefined
        ? compared.median >= goal.atLeast
        : compared.median <= goal.atMost;
  return { cell, measure, ours: summarise(ours), floor: floor && summarise(floor), ratio, goal, met };
}

const MEASURES = {
  throughput: { name: 'requests/s', of: (sample) => sample.requestsPerSecond },
  processor: { name: 'CPU µs/request', of: (sample) => sample.cpuMicroseconds },
  p50: { name: 'p50 µs', of: (sample) => sample.p50Milliseconds * 1000 },
  p99: { name: 'p99 µs', of: (sample) => sample.p99Milliseconds * 1000 },
};

/**
 * Creates the rows of a cell under load, with ratios by round. `goals` has goals by measure. Percentiles are for cells
 * with a fixed rate, because under saturation they depend on the number of connections.
 */
export function loadRows(cell, ours, floor = null, goals = {}, measures = ['throughput', 'processor']) {
  return measures
    .map((measure) => ({ ...MEASURES[measure], goal: goals[measure] }))
    .map(({ name, of, goal }) =>
      row(cell, name, { ours: ours.map(of), floor: floor && floor.map(of), goal }),
    );
}

const columns = (against) => [
  ['cell'],
  ['measure'],
  ['ours', true],
  [against, true],
  [`ours ÷ ${against}`, true],
  ['goal', true],
  ['met'],
];

/** Renders a cell's comparison with `against`, its growth table and its notes in Markdown. Each part is optional. */
export function renderTable({ title, rows = [], against = 'floor', growth = null, notes = [] }) {
  const lines = rows.map((line) => [
    line.cell,
    line.measure,
    range(line.ours),
    range(line.floor),
    range(line.ratio),
    line.goal === null
      ? '–'
      : line.goal.atMost === undefined
        ? `≥ ${line.goal.atLeast}`
        : `≤ ${line.goal.atMost}`,
    line.met === null ? '–' : line.met ? 'yes' : '**no**',
  ]);
  const parts = [`## ${title}`];
  if (rows.length > 0) parts.push(markdownTable(columns(against), lines));
  if (growth) parts.push(renderGrowth(growth));
  if (notes.length > 0) parts.push(notes.map((note) => `- ${note}`).join('\n'));
  return parts.join('\n\n');
}

/** Renders the conditions of a run, which a reader needs to interpret its figures. */
export function renderHeader(run) {
  const facts = {
    commit: run.commit,
    machine: `${run.processor}, ${run.memory}, Node ${run.node}`,
    'load average at start': run.loadAverage.join(' '),
    registry: `${run.size.providers} providers × ${run.size.models} models`,
    servers: run.pinned ? 'alone on CPU 0; load and database on CPU 1' : 'not pinned: trust CPU ratios only',
    'load generator': run.loadGenerator,
    windows: `${run.rounds} rounds × ${run.windowSeconds} s, order alternating; median [least–greatest]`,
  };
  const lines = Object.entries(facts).map(([name, value]) => `- ${name}: ${value}`);
  return [`# Benchmark, ${run.date.slice(0, 10)}`, '', ...lines].join('\n');
}

/** Renders how busy the servers were. If a server was not saturated, only its CPU time is meaningful. */
export function busyNote(samples) {
  const busy = Object.values(samples).flatMap((rounds) => rounds.map(({ serverBusy }) => serverBusy));
  const { median, minimum } = summarise(busy);
  const percent = (share) => `${Math.round(share * 100)} %`;
  return `The servers used ${percent(median)} of their processor (median; least ${percent(minimum)}).`;
}
