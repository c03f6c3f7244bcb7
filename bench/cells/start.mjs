import { setTimeout as sleep } from 'node:timers/promises';
import { request as send } from 'undici';
import { fetchAnswer } from '../answer.mjs';
import { residentMebibytes } from '../process-stats.mjs';
import { row } from '../report.mjs';
import { startService } from '../service.mjs';

const SETTLE_MS = 1000;
const GOALS = { start: { atMost: 800 }, idle: { atMost: 140 } };

/** From the spawn to the first 200 of /readyz with a filled registry, and the memory of the service then. */
export async function measureStart(bench) {
  const mariadb = await starts(bench.mariadb, bench.options.starts);
  const sqlite = await starts(bench.sqlite, bench.options.starts);
  const absolute = (cell, measure, ours, goal = null) => row(cell, measure, { ours, goal, goalOn: 'ours' });
  return {
    title: 'Memory and start',
    rows: [
      absolute('start, MariaDB', 'ms to /readyz 200', mariadb.ready, GOALS.start),
      absolute('idle, MariaDB', 'RSS MiB', mariadb.idle, GOALS.idle),
      absolute('after one list and one resolve, MariaDB', 'RSS MiB', mariadb.used),
      absolute('start, embedded', 'ms to /readyz 200', sqlite.ready),
      absolute('idle, embedded', 'RSS MiB', sqlite.idle),
    ],
    notes: [`${bench.options.starts} starts of each; idle: one second after it.`],
    samples: { mariadb, sqlite },
  };
}

async function starts(registry, count) {
  const samples = { ready: [], idle: [], used: [] };
  for (let index = 0; index < count; index += 1) {
    const begin = performance.now();
    const service = await startService(registry);
    try {
      await ready(service);
      samples.ready.push(performance.now() - begin);
      await sleep(SETTLE_MS);
      samples.idle.push(residentMebibytes(service.pid));
      await use(service, registry);
      samples.used.push(residentMebibytes(service.pid));
    } finally {
      await service.stop();
    }
  }
  return samples;
}

async function ready(service) {
  for (;;) {
    const { statusCode, body } = await send(`${service.url}/readyz`);
    await body.dump();
    if (statusCode === 200) return;
    await sleep(2);
  }
}

/** So that whatever the service keeps in memory of a registry is there. */
async function use(service, { token }) {
  const headers = { Authorization: `Bearer ${token}` };
  await fetchAnswer(service, { path: '/v1/llm-providers', headers });
  const body = JSON.stringify({ selector: 'provider-7^model-3' });
  await fetchAnswer(service, { method: 'POST', path: '/v1/resolve', headers, body });
}
