import { setTimeout as sleep } from 'node:timers/promises';
import { StreamClient } from '../gateway/stream-client.mjs';
import { chatBody, startFloor, startGateway } from '../gateway/setup.mjs';
import { measureRounds } from '../measure.mjs';
import { residentMebibytes } from '../process-stats.mjs';
import { withPrograms } from '../program.mjs';
import { row } from '../report.mjs';

const BURST = { connections: 16, chunks: 200 };
const PACED = { connections: 45, chunks: 100, intervalMs: 5 };
const MANY = { connections: 1000, chunks: 60, intervalMs: 50 };
const GOALS = {
  burst: { atMost: 1.2 },
  paced: { atMost: 1.2 },
  first: { atMost: 1.5 },
  resident: { atMost: 250 },
};

/** Measures streams through the gateway against a bare proxy to the same upstream. */
export function measureGatewayStreams(bench) {
  return withPrograms(async (running) => {
    const { upstream, service, headers } = await startGateway(bench, running);
    const floor = await running(startFloor(upstream, 'ok'));
    const sides = { ours: service, floor };
    const { windowSeconds, heatSeconds, rounds } = bench.options;
    const results = {};
    for (const [name, { connections, chunks, intervalMs }] of Object.entries({
      burst: BURST,
      paced: PACED,
    })) {
      const body = chatBody(1000, {
        stream: true,
        max_tokens: chunks,
        ...(intervalMs && { seed: intervalMs }),
      });
      const windowOf = (program, seconds) => () =>
        new StreamClient(program, headers).window({ body, connections, seconds, events: chunks });
      const long = intervalMs ? Math.max(1.5, windowSeconds) : windowSeconds;
      for (const program of Object.values(sides)) await windowOf(program, heatSeconds)();
      const targets = Object.entries(sides).map(([side, program]) => [side, windowOf(program, long)]);
      results[name] = await measureRounds(
        Object.fromEntries(targets),
        intervalMs ? Math.min(5, rounds) : rounds,
      );
    }
    const many = {};
    for (const [side, program] of Object.entries(sides)) many[side] = await openMany(program, headers);
    const values = (samples, field) => ({
      ours: samples.ours.map((sample) => sample[field]),
      floor: samples.floor.map((sample) => sample[field]),
    });
    const rows = [
      row('burst', 'CPU µs/chunk', { ...values(results.burst, 'cpuPerEvent'), goal: GOALS.burst }),
      row('paced', 'CPU µs/chunk', { ...values(results.paced, 'cpuPerEvent'), goal: GOALS.paced }),
      row('paced', 'first chunk p50 ms', { ...values(results.paced, 'firstP50'), goal: GOALS.first }),
      row('1,000 streams', 'RSS MiB', {
        ours: [many.ours.resident],
        floor: [many.floor.resident],
        goal: GOALS.resident,
        goalOn: 'ours',
      }),
      row('1,000 streams', 'first chunk p50 ms', {
        ours: [many.ours.firstP50],
        floor: [many.floor.firstP50],
      }),
    ];
    const notes = [
      `Burst: ${BURST.connections} streams of ${BURST.chunks} chunks; paced: ${PACED.connections} of ${PACED.chunks}, one every ${PACED.intervalMs} ms.`,
    ];
    return { title: 'Streams through the gateway', rows, notes, samples: { ...results, many } };
  });
}

async function openMany(program, headers) {
  const { connections, chunks, intervalMs } = MANY;
  const body = chatBody(1000, { stream: true, max_tokens: chunks, seed: intervalMs });
  const client = new StreamClient(program, headers);
  const running = client.window({ body, connections, seconds: 0.01, events: chunks });
  await sleep((chunks * intervalMs) / 2);
  const resident = residentMebibytes(program.pid);
  return { resident, ...(await running) };
}
