import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { figure, range } from './format.mjs';
import { growthRow, renderGrowth } from './growth.mjs';
import { growthExponent, pairedRatios, percentile, summarise } from './statistics.mjs';

const nearly = (actual, expected) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual}, not ${expected}`);

describe('growthExponent', () => {
  const sizes = [10, 100, 1000];

  it('is the power that the cost grows with', () => {
    nearly(growthExponent(sizes, [7, 7, 7]), 0);
    nearly(growthExponent(sizes, [3, 30, 300]), 1);
    nearly(growthExponent(sizes, [1, 100, 10_000]), 2);
    nearly(growthExponent(sizes, [100, 10, 1]), -1);
    nearly(growthExponent([1, 100_000], [5, 5 * 100_000 ** 0.25]), 0.25);
  });

  it('weighs all sizes alike', () => {
    nearly(growthExponent(sizes, [1, 10, 10]), 0.5);
    nearly(growthExponent([10, 1000, 100], [1, 10, 10]), 0.5);
  });
});

describe('summarise', () => {
  it('has the median, the least and the greatest, and leaves the values as they are', () => {
    const values = [3, 1, 10, 2];
    assert.deepEqual(summarise(values), { median: 2.5, minimum: 1, maximum: 10 });
    assert.deepEqual(summarise([9, 7, 8]), { median: 8, minimum: 7, maximum: 9 });
    assert.deepEqual(values, [3, 1, 10, 2]);
  });
});

describe('percentile', () => {
  it('is a value that so many lie below', () => {
    const values = Array.from({ length: 100 }, (_, index) => index);
    assert.equal(percentile(values, 0.5), 50);
    assert.equal(percentile(values, 0.99), 99);
    assert.equal(percentile(values, 1), 99);
    assert.equal(percentile([4], 0.5), 4);
  });
});

describe('pairedRatios', () => {
  it('takes each within its round', () => {
    assert.deepEqual(pairedRatios([10, 20], [5, 40]), [2, 0.5]);
  });
});

describe('a table of growth', () => {
  it('has the exponent of each round, and dashes where nothing was measured', () => {
    const whole = growthRow(
      'all',
      'µs',
      [1, 10],
      [
        [2, 3],
        [20, 3],
      ],
    );
    assert.deepEqual(
      whole.values.map(({ median }) => median),
      [2.5, 11.5],
    );
    nearly(whole.exponent.minimum, 0);
    nearly(whole.exponent.maximum, 1);
    const text = renderGrowth({ unit: 'rows', sizes: [0, 1, 10], rows: [whole] });
    assert.match(text, /^\| cell \| measure \| 0 \| 1 \| 10 rows \| exponent of growth \|$/m);
    assert.match(text, /^\| all \| µs \| – \| 2\.50 \[2\.00–3\.00\] \|/m);
  });
});

describe('a figure', () => {
  it('has three digits that count', () => {
    assert.deepEqual([0.123, 9.876, 98.76, 987.6, 12_345.6, -0.5].map(figure), [
      '0.12',
      '9.88',
      '98.8',
      '988',
      '12,346',
      '-0.50',
    ]);
    assert.equal(range({ median: 1, minimum: 1, maximum: 1 }), '1.00');
    assert.equal(range(null), '–');
  });
});
