import { setTimeout as sleep } from 'node:timers/promises';
import { request as send } from 'undici';
import { fetchResponse } from '../fetch-response.mjs';
import { growthRow } from '../growth.mjs';
import { measureRounds } from '../measure.mjs';
import { residentMebibytes } from '../process-stats.mjs';
import { row } from '../report.mjs';
import { startService } from '../service.mjs';
import { SIZES } from './growth.mjs';

const USUAL = 100;
const EMBEDDED = 'embedded';
const SETTLE_MS = 1000;
const GOALS = { start: { atMost: 800 }, idle: { atMost: 140 } };

/** Measures the time from the spawn to the first 200 of /readyz with a filled registry, and the memory after it. */
export async function measureStart({ registries, sqlite, options }) {
  const starts = { [EMBEDDED]: () => startOnce(sqlite) };
  for (const size of SIZES) {
    const registry = await registries.get('mariadb', size);
    starts[`${size} providers`] = () => startOnce(registry);
  }
  const samples = await measureRounds(starts, options.starts);
  const of = (name, field) => samples[name].map((sample) => sample[field]);
  const absolute = (cell, measure, name, field, goal = null) =>
    row(cell, measure, { ours: of(name, field), goal, goalOn: 'ours' });
  const usual = `${USUAL} providers`;
  const grown = (cell, measure, field) =>
    growthRow(
      cell,
      measure,
      SIZES,
      SIZES.map((size) => of(`${size} providers`, field)),
    );
  return {
    title: 'Memory and start',
    rows: [
      absolute('start, MariaDB', 'ms to /readyz 200', usual, 'ready', GOALS.start),
      absolute('idle, MariaDB', 'RSS MiB', usual, 'idle', GOALS.idle),
      absolute('after one list and one resolve, MariaDB', 'RSS MiB', usual, 'used'),
      absolute('start, embedded', 'ms to /readyz 200', EMBEDDED, 'ready'),
      absolute('idle, embedded', 'RSS MiB', EMBEDDED, 'idle'),
    ],
    growth: {
      unit: 'providers',
      sizes: SIZES,
      rows: [
        grown('start, MariaDB', 'ms to /readyz 200', 'ready'),
        grown('after one list and one resolve', 'RSS MiB', 'used'),
      ],
    },
    notes: [`${options.starts} starts of each. Idle memory is measured one second after the start.`],
    samples,
  };
}

async function startOnce(registry) {
  const begin = performance.now();
  const service = await startService(registry);
  try {
    await untilReady(service);
    const ready = performance.now() - begin;
    await sleep(SETTLE_MS);
    const idle = residentMebibytes(service.pid);
    await use(service, registry);
    return { ready, idle, used: residentMebibytes(service.pid) };
  } finally {
    await service.stop();
  }
}

async function untilReady(service) {
  for (;;) {
    const { statusCode, body } = await send(`${service.url}/readyz`);
    await body.dump();
    if (statusCode === 200) return;
    await sleep(2);
  }
}

/** Sends requests that load everything that the service keeps in memory. */
async function use(service, { token }) {
  const headers = { Authorization: `Bearer ${token}` };
  await fetchResponse(service, { path: '/v1/llm-providers', headers });
  const body = JSON.stringify({ selector: 'provider-7^model-3' });
  await fetchResponse(service, { method: 'POST', path: '/v1/resolve', headers, body });
}
