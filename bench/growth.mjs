import { markdownTable, range } from './format.mjs';
import { growthExponent, summarise } from './statistics.mjs';

/** One line of a table of growth: `rounds[i]` has what was measured at `sizes[i]`, round by round. */
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
 * The two figures of a cell under load at several sizes. The time between two answers has the database's share in it,
 * which the server's processor time has not.
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
      'µs between answers',
      sizes,
      of(({ requestsPerSecond }) => 1e6 / requestsPerSecond),
    ),
  ];
}

/** `unit` names what the sizes count. Rows of fewer sizes have dashes at the others. */
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
