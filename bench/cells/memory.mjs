import { setTimeout as sleep } from 'node:timers/promises';
import { fetchAnswer } from '../answer.mjs';
import { residentMebibytes } from '../process-stats.mjs';
import { row } from '../report.mjs';
import { startService } from '../service.mjs';

const PROVIDERS = 5000;
const MODELS = PROVIDERS * 20;
const SETTLE_MS = 1000;

/** What a service with 100 000 models needs: memory, and time from the spawn until it has resolved once. */
export async function measureMemory(bench) {
  const registry = await bench.registries.get('mariadb', PROVIDERS);
  const samples = { idle: [], resolved: [], grown: [], first: [] };
  for (let round = 0; round < Math.ceil(bench.options.rounds / 2); round += 1)
    await measureOnce(registry, samples);
  const absolute = (cell, measure, ours) => row(cell, measure, { ours });
  return {
    title: `${MODELS.toLocaleString('en-US')} models under ${PROVIDERS.toLocaleString('en-US')} providers, MariaDB`,
    rows: [
      absolute('idle, before it is asked for anything', 'RSS MiB', samples.idle),
      absolute('after one resolve', 'RSS MiB', samples.resolved),
      absolute('after one resolve, less idle', 'RSS MiB', samples.grown),
      absolute('first resolve answered', 'ms from the spawn', samples.first),
    ],
    notes: ['RSS has what the collector has not yet given back; the engine’s own heap is in its table.'],
    samples,
  };
}

async function measureOnce(registry, samples) {
  const headers = { Authorization: `Bearer ${registry.token}` };
  const body = JSON.stringify({ selector: `provider-${PROVIDERS - 1}^model-3` });
  const resolve = { method: 'POST', path: '/v1/resolve', headers, body };
  const begin = performance.now();
  const service = await startService(registry);
  try {
    samples.idle.push(residentMebibytes(service.pid));
    await fetchAnswer(service, resolve);
    samples.first.push(performance.now() - begin);
    await sleep(SETTLE_MS);
    samples.resolved.push(residentMebibytes(service.pid));
    samples.grown.push(samples.resolved.at(-1) - samples.idle.at(-1));
  } finally {
    await service.stop();
  }
}
