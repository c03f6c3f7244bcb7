import { fileURLToPath } from 'node:url';
import { fetchResponse } from '../fetch-response.mjs';
import { Program } from '../program.mjs';
import { startService } from '../service.mjs';

const UPSTREAM = fileURLToPath(new URL('upstream.mjs', import.meta.url));
const FLOOR = fileURLToPath(new URL('../floors/proxy-floor.mjs', import.meta.url));
export const PATH = '/v1/chat/completions';

/** Starts the upstream beside the load, and the service with the registry of one provider and a token for it. */
export async function startGateway(bench, running, engine = 'mariadb') {
  const upstream = await running(Program.startBesideLoad([UPSTREAM]));
  const registry = await bench.registries.create(engine, `gateway-${engine}-${Math.random()}`, 1);
  const service = await running(
    startService({ ...registry, env: { ...registry.env, EGRESS_MODE: 'local' } }),
  );
  const api = async (path, body) => {
    const headers = { Authorization: `Bearer ${registry.env.BOOTSTRAP_TOKEN}` };
    const request = { method: 'POST', path, headers, body: JSON.stringify(body) };
    return JSON.parse((await fetchResponse(service, request, 201)).bytes);
  };
  const addProvider = (name, path) =>
    api('/v1/llm-providers', {
      name,
      provider: 'openai',
      api_key: 'sk-bench-0123456789abcdefghij',
      base_url: `${upstream.url}/${path}/v1`,
      openai_api_mode: 'chat_completions',
    });
  const addModel = ({ id }, model) =>
    api(`/v1/llm-providers/${id}/models`, { model, cost_per_1k_input: 0.001, cost_per_1k_output: 0.002 });
  await addModel(await addProvider('bench', 'ok'), 'bench-model');
  const { token } = await api('/v1/tokens', { name: 'bench', scopes: ['gateway:use'] });
  const headers = { Authorization: `Bearer ${token}` };
  return { upstream, service, headers, addProvider, addModel };
}

/** Starts the floor, which calls these paths of the upstream one after the other. */
export function startFloor(upstream, ...paths) {
  return Program.start([FLOOR, ...paths.map((path) => `${upstream.url}/${path}${PATH}`)]);
}

/** A chat request of about this many bytes. */
export function chatBody(bytes, extra = {}) {
  const body = { model: 'bench^bench-model', ...extra, messages: [{ role: 'user', content: '' }] };
  body.messages[0].content = 'word '.repeat(Math.ceil((bytes - JSON.stringify(body).length) / 5));
  return JSON.stringify(body);
}
