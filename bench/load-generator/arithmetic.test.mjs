import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { percentile } from '../statistics.mjs';
import { Histogram } from './histogram.mjs';
import { Schedule } from './schedule.mjs';
import { hasCompiler } from './test-support.mjs';

const SHARES = [0, 0.5, 0.9, 0.99, 0.999, 1];
const RATE = 200;
const COUNT = 20_000;

// From a nanosecond to a hundred seconds, with as many values in each power of ten.
const values = Array.from({ length: COUNT }, () => Math.round(10 ** (Math.random() * 11)));
const histogram = new Histogram();
for (const value of values) histogram.record(value);

describe('the histogram', () => {
  it('returns each percentile within 1 %', () => {
    const sorted = [...values].sort((a, b) => a - b);
    for (const share of SHARES) {
      const exact = percentile(sorted, share);
      const error = Math.abs(histogram.percentile(share) - exact) / exact;
      assert.ok(error <= 0.01, `${share}: ${histogram.percentile(share)}, not ${exact}`);
    }
  });

  it('has the exact greatest value', () => {
    assert.equal(histogram.greatest, Math.max(...values));
  });
});

describe('the schedule', () => {
  const gaps = dueTimes().map((due, index, all) => due - (all[index - 1] ?? 0));

  it('has the mean gap of its rate', () => {
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / COUNT;
    assert.ok(Math.abs(mean * RATE - 1000) < 30, `${mean} ms`);
  });

  it('has the gaps of independent callers, of which one in e is longer than the mean', () => {
    const longer = gaps.filter((gap) => gap > 1000 / RATE).length / COUNT;
    assert.ok(Math.abs(longer - 1 / Math.E) < 0.02, `${longer}`);
  });
});

describe('the native generator', { skip: !hasCompiler && 'no C compiler' }, () => {
  it('has the same histogram and the same schedule', () => {
    const [percentiles, due] = nativeNumbers();
    assert.deepEqual(
      percentiles,
      SHARES.map((share) => histogram.percentile(share)),
    );
    for (const [index, milliseconds] of dueTimes().entries()) {
      assert.ok(Math.abs(due[index] / 1e6 - milliseconds) < 0.001, `${index}`);
    }
  });
});

function dueTimes() {
  const schedule = new Schedule(0, RATE);
  return Array.from({ length: COUNT }, () => {
    const { due } = schedule;
    schedule.advance();
    return due;
  });
}

function nativeNumbers() {
  const directory = mkdtempSync(join(tmpdir(), 'caret-bench-test-'));
  try {
    const binary = join(directory, 'probe');
    execFileSync('cc', ['-O2', '-o', binary, fileURLToPath(new URL('probe.c', import.meta.url)), '-lm']);
    const output = execFileSync(binary, [String(RATE), String(COUNT)], { input: values.join('\n') });
    const numbers = output.toString().trim().split('\n').map(Number);
    return [numbers.slice(0, SHARES.length), numbers.slice(SHARES.length)];
  } finally {
    rmSync(directory, { recursive: true });
  }
}
