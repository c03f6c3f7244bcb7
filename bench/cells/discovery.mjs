import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchAnswer } from '../answer.mjs';
import { growthRows } from '../growth.mjs';
import { measureLoad } from '../measure.mjs';
import { Program, withPrograms } from '../program.mjs';
import { busyNote, loadRows } from '../report.mjs';
import { startService } from '../service.mjs';

const FLOOR = fileURLToPath(new URL('../floors/fastify-floor.mjs', import.meta.url));
const CONNECTIONS = 32;
/** Models that an upstream offers: one vendor's, and what an aggregator has. */
const OFFERED = [10, 50, 500];
const COMPARED = 50;

/** GET …/available-models while what the upstream offers is kept, against a bare Fastify that sends as many bytes. */
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
    const registry = await bench.registries.make('mariadb', 'discovery', 1);
    const service = await running(
      startService({ ...registry, env: { ...registry.env, EGRESS_MODE: 'local' } }),
    );
    const targets = {};
    for (const offered of OFFERED) {
      const { request, bytes } = await warmed(service, registry, upstreamUrl, offered);
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
        'The floor has no auth and no database. The answer is as long as what is offered.',
        busyNote(samples),
      ],
      samples,
    };
  });
}

/** The request for what a new provider's upstream offers, which is kept from now on, and the answer. */
async function warmed(service, { writeToken }, upstreamUrl, offered) {
  const headers = { Authorization: `Bearer ${writeToken}` };
  const body = JSON.stringify({
    name: `upstream-${offered}`,
    provider: 'openai',
    api_key: 'sk-bench-0123456789abcdef',
    base_url: `${upstreamUrl}/${offered}/v1`,
  });
  const provider = { method: 'POST', path: '/v1/llm-providers', headers, body };
  const { id } = JSON.parse((await fetchAnswer(service, provider, 201)).bytes);
  const request = { path: `/v1/llm-providers/${id}/available-models`, headers };
  const first = JSON.parse((await fetchAnswer(service, request)).bytes);
  if (first.models?.length !== offered)
    throw new Error(`${request.path} does not offer what the upstream does`);
  return { request, bytes: (await fetchAnswer(service, request)).bytes };
}
