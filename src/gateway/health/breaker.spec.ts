import { Breaker } from './breaker';

const START = 1_000_000;

function openBreaker(): Breaker {
  const breaker = new Breaker();
  for (let count = 0; count < 5; count++) breaker.fail(START);
  return breaker;
}

/** Fails the trial at the first moment that allows one, and returns how long the breaker is open then. */
function failTrial(breaker: Breaker, nowMs: number): number {
  expect(breaker.blockedUntil(nowMs)).toBe(0);
  expect(breaker.begin(nowMs)).toBe(true);
  breaker.fail(nowMs);
  return breaker.blockedUntil(nowMs) - nowMs;
}

describe('Breaker', () => {
  it('opens after 5 failures in a row', () => {
    const breaker = new Breaker();
    for (let count = 0; count < 4; count++) breaker.fail(START);
    expect(breaker.blockedUntil(START)).toBe(0);
    breaker.fail(START);
    expect(breaker.blockedUntil(START)).toBe(START + 5000);
    expect(breaker.sinceMs).toBe(START);
  });

  it('counts a row from the last success', () => {
    const breaker = new Breaker();
    for (let count = 0; count < 4; count++) breaker.fail(START);
    breaker.succeed(START);
    for (let count = 0; count < 4; count++) breaker.fail(START);
    expect(breaker.isOpen).toBe(false);
  });

  it.each([
    ['opens at half of 10 outcomes', 5, 4, 0, true],
    ['stays closed at less than 10 outcomes', 4, 4, 0, false],
    ['stays closed at less than half', 6, 4, 0, false],
    ['forgets what is older than 30 s', 5, 4, 35_000, false],
  ])('%s', (_name, successes, failures, waitedMs, isOpen) => {
    const breaker = new Breaker();
    for (let count = 0; count < Math.max(successes, failures); count++) {
      if (count < failures) breaker.fail(START);
      if (count < successes) breaker.succeed(START);
    }
    breaker.fail(START + waitedMs);
    expect(breaker.isOpen).toBe(isOpen);
  });

  it('counts failures across the slots of its window', () => {
    const breaker = new Breaker();
    for (let slot = 0; slot < 5; slot++) {
      breaker.succeed(START + slot * 5000);
      if (slot < 4) breaker.fail(START + slot * 5000);
    }
    expect(breaker.isOpen).toBe(false);
    breaker.fail(START + 20_000);
    expect(breaker.isOpen).toBe(true);
  });

  it('lets one trial pass at a time when its time is over', () => {
    const breaker = openBreaker();
    expect(breaker.isHalfOpen(START + 4999)).toBe(false);
    const later = START + 5000;
    expect(breaker.isHalfOpen(later)).toBe(true);
    expect(breaker.blockedUntil(later)).toBe(0);
    expect(breaker.begin(later)).toBe(true);
    expect(breaker.begin(later)).toBe(false);
    expect(breaker.blockedUntil(later)).toBeGreaterThan(later);
  });

  it('is open twice as long after each failed trial, up to 60 s', () => {
    const breaker = openBreaker();
    let nowMs = START + 5000;
    const open: number[] = [];
    for (let trial = 0; trial < 6; trial++) {
      open.push(failTrial(breaker, nowMs));
      nowMs += open.at(-1)!;
    }
    expect(open).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });

  it('closes after a success, and then opens for 5 s again', () => {
    const breaker = openBreaker();
    failTrial(breaker, START + 5000);
    breaker.begin(START + 20_000);
    breaker.succeed(START + 20_000);
    expect(breaker.blockedUntil(START + 20_000)).toBe(0);
    expect(breaker.begin(START + 20_000)).toBe(false);
    for (let count = 0; count < 5; count++) breaker.fail(START + 30_000);
    expect(breaker.blockedUntil(START + 30_000)).toBe(START + 35_000);
  });

  it('needs new failures to open again', () => {
    const breaker = openBreaker();
    breaker.succeed(START);
    breaker.fail(START);
    expect(breaker.isOpen).toBe(false);
  });

  it('does not open longer for calls that began before it opened', () => {
    const breaker = openBreaker();
    breaker.fail(START + 1000);
    breaker.fail(START + 6000);
    expect(breaker.blockedUntil(START + 1000)).toBe(START + 5000);
    expect(breaker.failuresInARow).toBe(7);
  });

  it('permits a trial before its time, for a call that has no other target', () => {
    const breaker = openBreaker();
    expect(breaker.begin(START)).toBe(true);
    breaker.succeed(START);
    expect(breaker.isOpen).toBe(false);
  });

  it('permits another trial after one that ended without an outcome, or never ended', () => {
    const breaker = openBreaker();
    breaker.begin(START + 5000);
    breaker.release();
    expect(breaker.begin(START + 5001)).toBe(true);
    expect(breaker.begin(START + 5001 + 600_000)).toBe(true);
  });
});
