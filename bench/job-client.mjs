import { Pool } from 'undici';
import { measureRounds } from './measure.mjs';
import { processorSeconds, processTree } from './process-stats.mjs';
import { percentile } from './statistics.mjs';

/**
 * Repeats a job with concurrent callers. Unlike for the load generator, a job may have several requests, which may differ
 * each time. The client needs the same time for every server, which moves ratios of throughput a little towards 1.
 */
export class JobClient {
  #program;
  #headers;
  #pool;
  #lengths = new Map();

  constructor({ program, headers = {} }, callers) {
    this.#program = program;
    this.#headers = headers;
    this.#pool = new Pool(program.url, { connections: callers });
  }

  /**
   * Sends one request of a job and returns the bytes of the response. Rejects an unexpected status, and a length that
   * differs from the first response to this step with this status.
   */
  send = async (step, { method = 'GET', path, headers = this.#headers, body, status = 200 }) => {
    const json = body && { 'Content-Type': 'application/json' };
    const response = await this.#pool.request({
      method,
      path,
      headers: { ...headers, ...json },
      body: body && JSON.stringify(body),
    });
    const bytes = Buffer.from(await response.body.arrayBuffer());
    const kind = `${step} ${response.statusCode}`;
    if (!this.#lengths.has(kind)) this.#lengths.set(kind, bytes.length);
    const isExpected = [status].flat().includes(response.statusCode);
    if (isExpected && bytes.length === this.#lengths.get(kind)) return bytes;
    throw new Error(
      `${step}: ${response.statusCode}, ${bytes.length} bytes: ${bytes.toString('utf8', 0, 300)}`,
    );
  };

  /** Repeats the job with `callers` for one window. The CPU time is that of the server's process tree. */
  async window(job, callers, { warmUpSeconds, windowSeconds }) {
    await repeat(job, callers, within(warmUpSeconds));
    const processes = processTree(this.#program.pid);
    const processorTime = () => processes.reduce((sum, pid) => sum + processorSeconds(pid), 0);
    const before = processorTime();
    const begin = performance.now();
    const durations = await repeat(job, callers, within(windowSeconds));
    const seconds = (performance.now() - begin) / 1000;
    const processor = processorTime() - before;
    durations.sort((a, b) => a - b);
    return {
      requests: durations.length,
      requestsPerSecond: durations.length / seconds,
      cpuMicroseconds: (processor * 1e6) / durations.length,
      p50Milliseconds: percentile(durations, 0.5),
      p99Milliseconds: percentile(durations, 0.99),
      serverBusy: processor / seconds,
    };
  }

  close() {
    return this.#pool.destroy();
  }
}

/**
 * Warms up each job, then measures rounds with one window for each. A job has a `client`, the number of `callers`, the
 * function to `repeat`, and a function to run `after` a window.
 */
export async function measureJobs({ options }, jobs) {
  const heat = { warmUpSeconds: 0, windowSeconds: options.heatSeconds };
  const windows = {};
  for (const [name, { client, callers, repeat: job, after = () => undefined }] of Object.entries(jobs)) {
    const window = async (times) => {
      const sample = await client.window(job, callers, times);
      await after();
      return sample;
    };
    await window(heat);
    windows[name] = () => window(options);
  }
  return measureRounds(windows, options.rounds);
}

/** Repeats the job with `callers` while `goesOn()`. Returns the duration of each repetition in milliseconds. */
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
