import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchAnswer } from '../answer.mjs';
import { measureLoad } from '../measure.mjs';
import { Program, withPrograms } from '../program.mjs';
import { busyNote, loadRows } from '../report.mjs';
import { startService } from '../service.mjs';

const FLOOR = fileURLToPath(new URL('../floors/fastify-floor.mjs', import.meta.url));
const CONNECTIONS = 32;
const OFFERED = 50;

/** GET …/available-models while what the upstream offers is kept, against a bare Fastify that sends as many bytes. */
export async function measureDiscovery(bench) {
  const upstream = createServer((request, response) => {
    const data = Array.from({ length: OFFERED }, (_, index) => ({ id: `offered-${index}`, object: 'model' }));
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ object: 'list', data }));
  });
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  try {
    return await measure(bench, `http://127.0.0.1:${upstream.address().port}`);
  } finally {
    upstream.close();
    upstream.closeAllConnections();
  }
}

function measure(bench, upstreamUrl) {
  return withPrograms(async (running) => {
    const registry = await bench.registries.make('mariadb', 'discovery', 1);
    const service = await running(
      startService({ ...registry, env: { ...registry.env, EGRESS_MODE: 'local' } }),
    );
    const request = await availableModels(service, registry, upstreamUrl);
    const first = JSON.parse((await fetchAnswer(service, request)).bytes);
    if (first.models?.length !== OFFERED)
      throw new Error(`${request.path} does not offer what the upstream does`);
    const { bytes } = await fetchAnswer(service, request);
    const document = join(bench.directory, 'available-models.json');
    await writeFile(document, bytes);
    const floor = await running(Program.start([FLOOR, document]));
    const target = { program: service, request, length: bytes.length };
    const samples = await measureLoad(
      bench,
      { warm: target, floor: { ...target, program: floor, request: { path: '/' } } },
      CONNECTIONS,
    );
    registry.close();
    return {
      title: `Discovery from the cache (${CONNECTIONS} connections, ${bytes.length} bytes)`,
      rows: loadRows('available models', samples.warm, samples.floor),
      notes: ['The floor has no auth and no database.', busyNote(samples)],
      samples,
    };
  });
}

async function availableModels(service, { writeToken }, upstreamUrl) {
  const headers = { Authorization: `Bearer ${writeToken}` };
  const body = JSON.stringify({
    name: 'upstream',
    provider: 'openai',
    api_key: 'sk-bench-0123456789abcdef',
    base_url: upstreamUrl,
  });
  const created = await fetchAnswer(
    service,
    { method: 'POST', path: '/v1/llm-providers', headers, body },
    201,
  );
  return { path: `/v1/llm-providers/${JSON.parse(created.bytes).id}/available-models`, headers };
}
