import { Pool } from 'undici';
import { processorSeconds, processTree } from '../process-stats.mjs';
import { percentile } from '../statistics.mjs';

/**
 * Repeats a job of one or more requests, by a number of callers at once. The same client for both sides: it needs as
 * much time for either, which moves ratios of throughput a little towards 1.
 */
export class JobClient {
  #program;
  #headers;
  #pool;
  #lengths = new Map();

  constructor({ program, headers }, callers) {
    this.#program = program;
    this.#headers = headers;
    this.#pool = new Pool(program.url, { connections: callers });
  }

  /**
   * One request of a job; resolves with its answer's bytes. Rejects where the status is another than expected, or the
   * length another than that of the first answer to this step.
   */
  send = async (step, { method = 'GET', path, body, status = 200 }) => {
    const json = body && { 'Content-Type': 'application/json' };
    const headers = { ...this.#headers, ...json };
    const answer = await this.#pool.request({ method, path, headers, body: body && JSON.stringify(body) });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    if (!this.#lengths.has(step)) this.#lengths.set(step, bytes.length);
    if (answer.statusCode === status && bytes.length === this.#lengths.get(step)) return bytes;
    throw new Error(
      `${step}: ${answer.statusCode}, ${bytes.length} bytes: ${bytes.toString('utf8', 0, 300)}`,
    );
  };

  /** `callers` repeat the job for the window's seconds; the processor time is that of the server's process tree. */
  async window(job, callers, { warmUpSeconds, windowSeconds }) {
    await repeat(job, callers, within(warmUpSeconds));
    const processes = processTree(this.#program.pid);
    const processorTime = () => processes.reduce((sum, pid) => sum + processorSeconds(pid), 0);
    const before = processorTime();
    const begin = performance.now();
    const durations = await repeat(job, callers, within(windowSeconds));
    const seconds = (performance.now() - begin) / 1000;
    const processor = processorTime() - before;
    return {
      jobs: durations.length,
      jobsPerSecond: durations.length / seconds,
      cpuMicroseconds: (processor * 1e6) / durations.length,
      p50Milliseconds: percentile(
        durations.sort((a, b) => a - b),
        0.5,
      ),
      serverBusy: processor / seconds,
    };
  }

  close() {
    return this.#pool.destroy();
  }
}

/** `callers` repeat the job while `goesOn()`; the duration of each, in milliseconds. */
export async function repeat(job, callers, goesOn) {
  const durations = [];
  const caller = async () => {
    while (goesOn()) {
      const begin = performance.now();
      await job();
      durations.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return durations;
}

function within(seconds) {
  const end = performance.now() + seconds * 1000;
  return () => performance.now() < end;
}
