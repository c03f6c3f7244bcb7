/** Runs work once for concurrent callers of the same key. They share its result or its error; nothing is cached. */
export class SingleFlight<Key, Result> {
  private readonly flights = new Map<Key, Promise<Result>>();

  /** The work in progress, or undefined. */
  current(key: Key): Promise<Result> | undefined {
    return this.flights.get(key);
  }

  run(key: Key, work: () => Promise<Result>): Promise<Result> {
    const current = this.flights.get(key);
    if (current) return current;
    const flight = work().finally(() => {
      if (this.flights.get(key) === flight) this.flights.delete(key);
    });
    this.flights.set(key, flight);
    return flight;
  }
}
