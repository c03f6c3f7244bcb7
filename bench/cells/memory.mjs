import { setTimeout as sleep } from 'node:timers/promises';
import { fetchResponse } from '../fetch-response.mjs';
import { residentMebibytes } from '../process-stats.mjs';
import { row } from '../report.mjs';
import { startService } from '../service.mjs';

const PROVIDERS = 5000;
const MODELS = PROVIDERS * 20;
const SETTLE_MS = 1000;

/** Measures the memory of a service with 100,000 models, and the time from its spawn to its first resolve. */
export async function measureMemory(bench) {
  const registry = await bench.registries.get('mariadb', PROVIDERS);
  const samples = { first: [], resolved: [], listed: [], list: [] };
  for (let round = 0; round < bench.options.largeStarts; round += 1) await measureOnce(registry, samples);
  const line = (cell, measure, ours) => row(cell, measure, { ours });
  return {
    title: `${MODELS.toLocaleString('en-US')} models under ${PROVIDERS.toLocaleString('en-US')} providers, MariaDB`,
    rows: [
      line('first resolve', 'ms from the spawn', samples.first),
      line('after it', 'RSS MiB', samples.resolved),
      line('first list', 'ms', samples.list),
      line('after it', 'RSS MiB', samples.listed),
    ],
    notes: [
      'For idle memory without a registry, see “Memory and start”. RSS includes memory that the garbage collector has not returned. The engine’s own heap is in its table.',
    ],
    samples,
  };
}

async function measureOnce(registry, samples) {
  const headers = { Authorization: `Bearer ${registry.token}` };
  const selector = `provider-${PROVIDERS - 1}^model-3`;
  const resolve = { method: 'POST', path: '/v1/resolve', headers, body: JSON.stringify({ selector }) };
  const begin = performance.now();
  const service = await startService(registry);
  try {
    const { bytes: route } = await fetchResponse(service, resolve);
    samples.first.push(performance.now() - begin);
    if (JSON.parse(route).selected.selector !== selector) throw new Error(`not resolved to ${selector}`);
    await sleep(SETTLE_MS);
    samples.resolved.push(residentMebibytes(service.pid));
    const started = performance.now();
    const { bytes } = await fetchResponse(service, { path: '/v1/llm-providers', headers });
    samples.list.push(performance.now() - started);
    if (JSON.parse(bytes).length !== PROVIDERS) throw new Error('the list is not whole');
    await sleep(SETTLE_MS);
    samples.listed.push(residentMebibytes(service.pid));
  } finally {
    await service.stop();
  }
}
