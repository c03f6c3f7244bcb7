import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchResponse } from '../fetch-response.mjs';
import { growthRows } from '../growth.mjs';
import { measureLoad } from '../measure.mjs';
import { Program, withPrograms } from '../program.mjs';
import { busyNote, loadRows } from '../report.mjs';
import { startService } from '../service.mjs';

const FLOOR = fileURLToPath(new URL('../floors/fastify-floor.mjs', import.meta.url));
const CONNECTIONS = 32;
/** The numbers of models that an upstream offers, from a single vendor to an aggregator. */
const OFFERED = [10, 50, 500];
const COMPARED = 50;

/** Measures GET …/available-models from the cache against a bare Fastify that sends as many bytes. */
export async function measureDiscovery(bench) {
  const upstream = createServer((request, response) => {
    const length = Number(/^\/(\d+)\//.exec(request.url)[1]);
    const data = Array.from({ length }, (_, index) => ({ id: `offered-${index}`, object: 'model' }));
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
    const registry = await bench.registries.create('mariadb', 'discovery', 1);
    const service = await running(
      startService({ ...registry, env: { ...registry.env, EGRESS_MODE: 'local' } }),
    );
    const targets = {};
    for (const offered of OFFERED) {
      const { request, bytes } = await warmUp(service, registry, upstreamUrl, offered);
      const target = { program: service, request, length: bytes.length };
      targets[`${offered} offered`] = target;
      if (offered !== COMPARED) continue;
      const document = join(bench.directory, 'available-models.json');
      await writeFile(document, bytes);
      const floor = await running(Program.start([FLOOR, document]));
      targets.floor = { ...target, program: floor, request: { path: '/' } };
    }
    const samples = await measureLoad(bench, targets, CONNECTIONS);
    registry.close();
    const cell = 'available models';
    return {
      title: `Discovery from the cache (${CONNECTIONS} connections, ${targets.floor.length} bytes)`,
      rows: loadRows(`${cell}, ${COMPARED} offered`, samples[`${COMPARED} offered`], samples.floor),
      growth: {
        unit: 'offered',
        sizes: OFFERED,
        rows: growthRows(
          cell,
          OFFERED,
          OFFERED.map((offered) => samples[`${offered} offered`]),
        ),
      },
      notes: [
        'The floor has no authentication and no database. The length of the response grows with the number of models.',
        busyNote(samples),
      ],
      samples,
    };
  });
}

/** Creates a provider and fills its cache. Returns the request for its available models and the response. */
async function warmUp(service, { writeToken }, upstreamUrl, offered) {
  const headers = { Authorization: `Bearer ${writeToken}` };
  const body = JSON.stringify({
    name: `upstream-${offered}`,
    provider: 'openai',
    api_key: 'sk-bench-0123456789abcdef',
    base_url: `${upstreamUrl}/${offered}/v1`,
  });
  const provider = { method: 'POST', path: '/v1/llm-providers', headers, body };
  const { id } = JSON.parse((await fetchResponse(service, provider, 201)).bytes);
  const request = { path: `/v1/llm-providers/${id}/available-models`, headers };
  const first = JSON.parse((await fetchResponse(service, request)).bytes);
  if (first.models?.length !== offered)
    throw new Error(`${request.path} does not return the models of the upstream`);
  return { request, bytes: (await fetchResponse(service, request)).bytes };
}
