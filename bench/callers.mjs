import { Pool } from 'undici';
import { processorSeconds } from './process-stats.mjs';
import { percentile } from './statistics.mjs';

/**
 * Callers for requests that differ from one to the next, which the load generator cannot make: `callers` at once, each
 * with one request at a time. They share the second processor with the database, and need the same time for any target.
 */
export class Callers {
  #program;
  #pool;
  #callers;

  constructor(program, callers) {
    this.#program = program;
    this.#callers = callers;
    this.#pool = new Pool(program.url, { connections: callers });
  }

  /** `next()` gives a request and the `status` of its right answer; another one throws. Times in seconds. */
  async window(next, { warmUpSeconds, windowSeconds }) {
    await this.#repeat(next, warmUpSeconds);
    const before = processorSeconds(this.#program.pid);
    const begin = performance.now();
    const durations = await this.#repeat(next, windowSeconds);
    const seconds = (performance.now() - begin) / 1000;
    const processor = processorSeconds(this.#program.pid) - before;
    const sorted = durations.sort((a, b) => a - b);
    return {
      requests: sorted.length,
      requestsPerSecond: sorted.length / seconds,
      cpuMicroseconds: (processor * 1e6) / sorted.length,
      p50Milliseconds: percentile(sorted, 0.5),
      p99Milliseconds: percentile(sorted, 0.99),
      serverBusy: processor / seconds,
    };
  }

  close() {
    return this.#pool.close();
  }

  async #repeat(next, seconds) {
    const durations = [];
    const end = performance.now() + seconds * 1000;
    const caller = async () => {
      while (performance.now() < end) {
        const request = next();
        const sent = performance.now();
        await this.#ask(request);
        durations.push(performance.now() - sent);
      }
    };
    await Promise.all(Array.from({ length: this.#callers }, caller));
    return durations;
  }

  async #ask({ method = 'GET', path, headers = {}, body, status = 200 }) {
    const json = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const answer = await this.#pool.request({ method, path, headers: { ...headers, ...json }, body });
    const text = await answer.body.text();
    if (![status].flat().includes(answer.statusCode)) {
      throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`);
    }
  }
}
