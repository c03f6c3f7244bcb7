/**
 * The load generator without a C compiler, with the same arguments and result. It uses far more CPU time per request than
 * the native one, so the server may not be saturated. Only its ratios of CPU time are reliable.
 */
import { readFileSync } from 'node:fs';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { processorSeconds } from '../process-stats.mjs';
import { Histogram } from './histogram.mjs';
import { Schedule } from './schedule.mjs';

const { values } = parseArgs({
  options: {
    connections: { type: 'string', short: 'c', default: '1' },
    warmUp: { type: 'string', short: 'w', default: '0.5' },
    seconds: { type: 'string', short: 'd', default: '2' },
    rate: { type: 'string', short: 'r', default: '0' },
    pid: { type: 'string', short: 'p', default: String(process.pid) },
    method: { type: 'string', short: 'm', default: 'GET' },
    url: { type: 'string', short: 'u' },
    header: { type: 'string', short: 'H', multiple: true, default: [] },
    body: { type: 'string', short: 'b' },
    status: { type: 'string', short: 's', default: '200' },
    length: { type: 'string', short: 'l', default: '0' },
  },
});

const { origin, pathname, search } = new URL(`http://${values.url}`);
const headers = Object.fromEntries(values.header.map((line) => line.split(': ', 2)));
const body = values.body === undefined ? undefined : readFileSync(values.body);
if (body) headers['Content-Type'] = 'application/json';
const connections = Number(values.connections);
const rate = Number(values.rate);
const pool = new Pool(origin, { connections });

const latencies = new Histogram();
const sendDelays = new Histogram();
let wrong = 0;
let before = null;
const begin = performance.now() + Number(values.warmUp) * 1000;
const patience = Number(values.seconds) * 1000;
const end = begin + patience;

/** Counts requests due in the window (open loop) or responses in the window (closed loop). */
const counts = (due) => before !== null && (rate === 0 || due >= before.at);

async function send(due) {
  let problem = null;
  try {
    const response = await pool.request({
      path: `${pathname}${search}`,
      method: values.method,
      headers,
      body,
    });
    const { byteLength } = await response.body.arrayBuffer();
    if (response.statusCode !== Number(values.status) || byteLength !== Number(values.length))
      problem = `response ${response.statusCode} with ${byteLength} bytes`;
  } catch (error) {
    problem = error.message;
  }
  if (!counts(due)) return;
  if (problem === null) {
    latencies.record((performance.now() - due) * 1e6);
  } else {
    if (wrong === 0) console.error(problem);
    wrong += 1;
  }
}

async function closedLoop() {
  const repeat = async () => {
    while (performance.now() < end) await send(performance.now());
  };
  await Promise.all(Array.from({ length: connections }, repeat));
}

async function openLoop() {
  const schedule = new Schedule(performance.now(), rate);
  const underWay = new Set();
  const sendDue = () => {
    for (let time; (time = performance.now()) >= schedule.due && schedule.due < end; schedule.advance()) {
      if (underWay.size === connections) return;
      const { due } = schedule;
      if (counts(due)) sendDelays.record((time - due) * 1e6);
      const request = send(due).then(() => {
        underWay.delete(request);
        sendDue();
      });
      request.due = due;
      underWay.add(request);
    }
  };
  const allComplete = () => underWay.size === 0 && schedule.due >= end;
  while (performance.now() < end || (!allComplete() && performance.now() < end + patience)) {
    sendDue();
    await nearly(schedule.due, underWay.size < connections);
  }
  countMissing(schedule, underWay);
}

/** A timer may be more than a millisecond late, so the last milliseconds are turns of the event loop. */
async function nearly(due, mayGoOut) {
  const left = due - performance.now();
  if (mayGoOut && left < 3) await turn();
  else await sleep(mayGoOut ? Math.min(10, left - 2) : 1);
}

/** Counts requests without a response as errors. Leaving them out would leave out the slowest. */
function countMissing(schedule, underWay) {
  let missing = [...underWay].filter(({ due }) => counts(due)).length;
  for (; schedule.due < end; schedule.advance()) missing += 1;
  if (missing > 0) console.error(`${missing} without a response`);
  wrong += missing;
}

setTimeout(
  () => {
    before = { at: performance.now(), own: process.cpuUsage(), server: processorSeconds(values.pid) };
  },
  Number(values.warmUp) * 1000,
);
await (rate > 0 ? openLoop() : closedLoop());
const elapsed = (performance.now() - before.at) / 1000;
const server = processorSeconds(values.pid) - before.server;
const own = process.cpuUsage(before.own);

const milliseconds = (nanoseconds) => Number((nanoseconds / 1e6).toFixed(4));
const result = {
  requests: latencies.count,
  wrong,
  seconds: elapsed,
  requestsPerSecond: latencies.count / elapsed,
  p50Milliseconds: milliseconds(latencies.percentile(0.5)),
  p90Milliseconds: milliseconds(latencies.percentile(0.9)),
  p99Milliseconds: milliseconds(latencies.percentile(0.99)),
  p999Milliseconds: milliseconds(latencies.percentile(0.999)),
  maxMilliseconds: milliseconds(latencies.greatest),
  cpuMicroseconds: (server * 1e6) / latencies.count,
  serverBusy: server / elapsed,
  loaderBusy: (own.user + own.system) / 1e6 / elapsed,
};
if (rate > 0) {
  result.sendDelayP50Milliseconds = milliseconds(sendDelays.percentile(0.5));
  result.sendDelayP99Milliseconds = milliseconds(sendDelays.percentile(0.99));
}
console.log(JSON.stringify(result));
process.exit(); // Without waiting for missing responses.
