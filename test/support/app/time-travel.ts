/** Moves the clocks that the service reads and stops them there until the end of the test. Timers keep real time. */
export function travel(seconds: number): void {
  stepWallClock(seconds);
  stopMonotonicClock(performance.now() + seconds * 1000);
}

/** Stops the clocks that the service reads, so that a slow machine cannot let a lifetime pass. */
export function stopClock(): void {
  travel(0);
}

/** Moves the wall clock alone, as an operator or NTP may, and stops it there. */
export function stepWallClock(seconds: number): void {
  const now = Date.now() + seconds * 1000;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
}

/** Stops the clock of `performance.now()`, which measures ages and deadlines, at a number of milliseconds. */
export function stopMonotonicClock(milliseconds = performance.now()): void {
  jest.spyOn(performance, 'now').mockImplementation(() => milliseconds);
}

/** Call in a `describe` whose tests move or stop a clock. */
export function useTimeTravel(): void {
  afterEach(() => {
    jest.restoreAllMocks();
  });
}
