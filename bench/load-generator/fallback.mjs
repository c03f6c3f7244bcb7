/**
 * The load generator where there is no C compiler: the same arguments, the same result. It needs far more processor
 * time for a request than the native one, so the server may not be saturated: trust its ratios of CPU only.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { percentile } from '../statistics.mjs';
import { processorSeconds } from '../process-stats.mjs';

const { values } = parseArgs({
  options: {
    connections: { type: 'string', short: 'c', default: '1' },
    warmUp: { type: 'string', short: 'w', default: '0.5' },
    seconds: { type: 'string', short: 'd', default: '2' },
    pid: { type: 'string', short: 'p' },
    method: { type: 'string', short: 'm', default: 'GET' },
    url: { type: 'string', short: 'u' },
    header: { type: 'string', short: 'H', multiple: true, default: [] },
    body: { type: 'string', short: 'b' },
    status: { type: 'string', short: 's', default: '200' },
    length: { type: 'string', short: 'l', default: '0' },
  },
});

const { origin, pathname } = new URL(`http://${values.url}`);
const headers = Object.fromEntries(values.header.map((line) => line.split(': ', 2)));
const body = values.body === undefined ? undefined : readFileSync(values.body);
if (body) headers['Content-Type'] = 'application/json';
const pool = new Pool(origin, { connections: Number(values.connections) });

const latencies = [];
let wrong = 0;
let measuring = false;
const begin = performance.now() + Number(values.warmUp) * 1000;
const end = begin + Number(values.seconds) * 1000;

async function repeat() {
  while (performance.now() < end) {
    const sent = performance.now();
    const answer = await pool.request({ path: pathname, method: values.method, headers, body });
    const { byteLength } = await answer.body.arrayBuffer();
    if (!measuring) continue;
    if (answer.statusCode === Number(values.status) && byteLength === Number(values.length)) {
      latencies.push(performance.now() - sent);
    } else {
      if (wrong === 0) console.error(`answer ${answer.statusCode} with ${byteLength} bytes`);
      wrong += 1;
    }
  }
}

const before = {};
setTimeout(
  () => {
    measuring = true;
    Object.assign(before, {
      at: performance.now(),
      own: process.cpuUsage(),
      server: processorSeconds(values.pid),
    });
  },
  Number(values.warmUp) * 1000,
);
await Promise.all(Array.from({ length: Number(values.connections) }, repeat));
const elapsed = (performance.now() - before.at) / 1000;
const server = processorSeconds(values.pid) - before.server;
const own = process.cpuUsage(before.own);
await pool.close();
latencies.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    requests: latencies.length,
    wrong,
    seconds: elapsed,
    requestsPerSecond: latencies.length / elapsed,
    p50Milliseconds: percentile(latencies, 0.5),
    p99Milliseconds: percentile(latencies, 0.99),
    cpuMicroseconds: (server * 1e6) / latencies.length,
    serverBusy: server / elapsed,
    loaderBusy: (own.user + own.system) / 1e6 / elapsed,
  }),
);
