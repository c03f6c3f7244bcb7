import { markdownTable, range } from './format.mjs';
import { growthExponent, summarise } from './statistics.mjs';

/** Creates a row of a growth table. `rounds[i]` has the measurements at `sizes[i]` by round. */
export function growthRow(cell, measure, sizes, rounds) {
  const exponents = rounds[0].map((_, round) =>
    growthExponent(
      sizes,
      rounds.map((values) => values[round]),
    ),
  );
  return { cell, measure, sizes, values: rounds.map(summarise), exponent: summarise(exponents) };
}

/**
 * Creates the two rows of a cell under load at several sizes. The time between two responses includes the database, the
 * server's CPU time does not.
 */
export function growthRows(cell, sizes, samples) {
  const of = (read) => samples.map((rounds) => rounds.map(read));
  return [
    growthRow(
      cell,
      'CPU µs/request',
      sizes,
      of(({ cpuMicroseconds }) => cpuMicroseconds),
    ),
    growthRow(
      cell,
      'µs between responses',
      sizes,
      of(({ requestsPerSecond }) => 1e6 / requestsPerSecond),
    ),
  ];
}

/** Renders a growth table. `unit` names what the sizes count. A row has a dash at a size without measurements. */
export function renderGrowth({ unit, sizes, rows }) {
  const name = (size) => size.toLocaleString('en-US');
  const heads = sizes.map((size, index) =>
    index === sizes.length - 1 ? `${name(size)} ${unit}` : name(size),
  );
  const columns = [['cell'], ['measure'], ...heads.map((head) => [head, true]), ['exponent of growth', true]];
  const lines = rows.map((row) => {
    const values = sizes.map((size) => range(row.values[row.sizes.indexOf(size)]));
    return [row.cell, row.measure, ...values, range(row.exponent)];
  });
  return markdownTable(columns, lines);
}
