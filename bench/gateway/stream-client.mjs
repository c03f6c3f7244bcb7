import { request as httpRequest, Agent } from 'node:http';
import { processorSeconds } from '../process-stats.mjs';
import { percentile } from '../statistics.mjs';
import { PATH } from './setup.mjs';

/** Reads streams and counts their events. */
export class StreamClient {
  #program;
  #headers;

  constructor(program, headers) {
    this.#program = program;
    this.#headers = { ...headers, 'content-type': 'application/json' };
  }

  /**
   * Keeps `connections` streams open for `seconds`; each caller then ends its last one. Rejects a stream with fewer than
   * `events` events or without its end.
   */
  async window({ body, connections, seconds, events }) {
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const firsts = [];
    let total = 0;
    const before = processorSeconds(this.#program.pid);
    const end = performance.now() + seconds * 1000;
    const caller = async () => {
      do {
        const { firstMs, count, isComplete } = await this.#read(agent, body);
        if (!isComplete || count < events)
          throw new Error(`a stream ended after ${count} of ${events} events`);
        firsts.push(firstMs);
        total += count;
      } while (performance.now() < end);
    };
    await Promise.all(Array.from({ length: connections }, caller));
    agent.destroy();
    firsts.sort((a, b) => a - b);
    const cpuPerEvent = ((processorSeconds(this.#program.pid) - before) * 1e6) / total;
    return { streams: firsts.length, events: total, cpuPerEvent, firstP50: percentile(firsts, 0.5) };
  }

  #read(agent, body) {
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const url = `${this.#program.url}${PATH}`;
      const length = Buffer.byteLength(body);
      const headers = { ...this.#headers, 'content-length': length };
      const request = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
        let firstMs = null;
        let count = 0;
        let tail = '';
        response.setEncoding('latin1').on('data', (text) => {
          firstMs ??= performance.now() - started;
          count += (tail.slice(-1) + text).split('\n\n').length - 1;
          tail = (tail + text).slice(-20);
        });
        response.on('end', () => resolve({ firstMs, count, isComplete: tail.includes('[DONE]') }));
        response.on('error', reject);
      });
      request.on('error', reject).end(body);
    });
  }
}
