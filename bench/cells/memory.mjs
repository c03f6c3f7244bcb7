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
  const samples = { first: [], resolved: [], listed: [], list: [] };
  for (let round = 0; round < bench.options.largeStarts; round += 1) await measureOnce(registry, samples);
  const line = (cell, measure, ours) => row(cell, measure, { ours });
  return {
    title: `${MODELS.toLocaleString('en-US')} models under ${PROVIDERS.toLocaleString('en-US')} providers, MariaDB`,
    rows: [
      line('first resolve answered', 'ms from the spawn', samples.first),
      line('after it', 'RSS MiB', samples.resolved),
      line('first list answered', 'ms', samples.list),
      line('after it', 'RSS MiB', samples.listed),
    ],
    notes: [
      'Idle without a registry in memory: see “Memory and start”. RSS has what the collector has not yet given back; the engine’s own heap is in its table.',
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
    const { bytes: route } = await fetchAnswer(service, resolve);
    samples.first.push(performance.now() - begin);
    if (JSON.parse(route).selected.selector !== selector) throw new Error(`not resolved to ${selector}`);
    await sleep(SETTLE_MS);
    samples.resolved.push(residentMebibytes(service.pid));
    const asked = performance.now();
    const { bytes } = await fetchAnswer(service, { path: '/v1/llm-providers', headers });
    samples.list.push(performance.now() - asked);
    if (JSON.parse(bytes).length !== PROVIDERS) throw new Error('the list is not whole');
    await sleep(SETTLE_MS);
    samples.listed.push(residentMebibytes(service.pid));
  } finally {
    await service.stop();
  }
}
