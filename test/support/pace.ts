import { realNow } from './real-clock';

/**
 * The machine's own pace, for promises about time. A yardstick is a fixed computation, about 20 ms of an idle core.
 * It takes longer on a slower machine and beside other processes, and so do the limits that are derived from it.
 */
const DOCUMENT = JSON.stringify(Array.from({ length: 20_000 }, (_, id) => ({ id, name: `item ${id}` })));
const PARSES = 4;

/** How far a response may lag behind its deadline, in yardsticks: about 0.3 s on an idle machine. */
const LAG = 15;
const SAMPLE_INTERVAL_MS = 250;
const ROUNDS = 5;
/** How far other caches and memory change the cost of the work in yardsticks. What is not linear costs far more. */
const TOLERANCE = 4;

export interface Timed<T> {
  readonly result: T;
  readonly milliseconds: number;
}

export interface Paced<T> extends Timed<T> {
  /** The longest that something promised within `promisedMs` may take, at the machine's pace during the work. */
  readonly limit: (promisedMs: number) => number;
}

/**
 * Repeats each failed test of this file up to twice, for measurements that other processes can only make worse. What fails
 * three times is not noise.
 */
export function repeatDisturbedTests(): void {
  jest.retryTimes(2, { logErrorsBeforeRetry: true });
}

/** Measures the wall-clock time of `work`, for a report or a comparison. */
export async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const start = realNow();
  const result = await work();
  return { result, milliseconds: Math.round(realNow() - start) };
}

/** Measures the wall-clock time of `work` and the slowest yardstick before, during and after it. */
export async function paced<T>(work: () => Promise<T>): Promise<Paced<T>> {
  let slowest = 0;
  const sample = () => (slowest = Math.max(slowest, yardstickMs()));
  sample();
  const sampler = setInterval(sample, SAMPLE_INTERVAL_MS);
  try {
    const measured = await timed(work);
    sample();
    return { ...measured, limit: (promisedMs) => promisedMs + LAG * slowest };
  } finally {
    clearInterval(sampler);
  }
}

/**
 * Expects the CPU time of this process during `work` to be about `yardsticks` at most in one of several rounds, because
 * other processes compete for caches, and the garbage of earlier tests may be collected meanwhile. `prepare` comes before
 * each round and is not measured.
 */
export async function expectCpuTimeBelow(
  yardsticks: number,
  work: () => unknown,
  prepare: () => unknown = () => undefined,
): Promise<void> {
  const limit = TOLERANCE * yardsticks;
  let least = Infinity;
  for (let round = 0; round < ROUNDS && least >= limit; round++) {
    await prepare();
    runYardstick();
    const yardstick = await cpuMs(runYardstick);
    least = Math.min(least, (await cpuMs(work)) / yardstick);
  }
  expect(least).toBeLessThan(limit);
}

function yardstickMs(): number {
  const start = realNow();
  runYardstick();
  return realNow() - start;
}

function runYardstick(): void {
  for (let turn = 0; turn < PARSES; turn++) JSON.parse(DOCUMENT);
}

async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
