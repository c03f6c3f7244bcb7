/** Moves the clock that the service reads; timers and sockets keep to real time. Undone after each test. */
export function travel(seconds: number): void {
  const now = Date.now();
  const realStart = performance.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now + seconds * 1000 + (performance.now() - realStart));
}

/** Call in a `describe`. */
export function useTimeTravel(): void {
  afterEach(() => {
    jest.restoreAllMocks();
  });
}
