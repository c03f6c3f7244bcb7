import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { fetchResponse } from '../fetch-response.mjs';
import { startService } from '../service.mjs';
import { API_KEY, deploymentName, modelName } from './names.mjs';

const PROVIDERS = '/v1/llm-providers';

/**
 * Starts Caret like the peers, on the empty database of `databaseUrl` or embedded in `directory`. A deployment is a
 * provider with one model.
 */
export async function startCaret({ directory, databaseUrl }) {
  await mkdir(directory);
  const bootstrapToken = randomBytes(32).toString('hex');
  const keys = `k1:${randomBytes(32).toString('base64')}`;
  const database = databaseUrl ? { DATABASE_URL: databaseUrl, ENCRYPTION_KEYS: keys } : {};
  const program = await startService({
    directory,
    env: { ...database, DATA_DIR: directory, BOOTSTRAP_TOKEN: bootstrapToken },
  });
  try {
    const headers = { Authorization: `Bearer ${await createToken(program, bootstrapToken)}` };
    return { program, headers, create, list, names, read, find, stop: () => program.stop() };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

async function createToken(program, bootstrapToken) {
  const headers = { Authorization: `Bearer ${bootstrapToken}` };
  const body = JSON.stringify({ name: 'bench', scopes: ['providers:write'] });
  const { bytes } = await fetchResponse(program, { method: 'POST', path: '/v1/tokens', headers, body }, 201);
  return JSON.parse(bytes).token;
}

async function create(send, number) {
  const provider = { name: deploymentName(number), provider: 'openai', api_key: API_KEY };
  const created = await send('create provider', {
    method: 'POST',
    path: PROVIDERS,
    body: provider,
    status: 201,
  });
  const path = `${PROVIDERS}/${JSON.parse(created).id}/models`;
  await send('create model', { method: 'POST', path, body: { model: modelName(number) }, status: 201 });
}

async function list(send, count) {
  return [await send(`list of ${count}`, { path: PROVIDERS })];
}

async function names(send, count) {
  return [await send(`names of ${count}`, { path: '/v1/selectors' })];
}

function find([listed], number) {
  return JSON.parse(listed).find(({ name }) => name === deploymentName(number)).id;
}

async function read(send, id) {
  return [await send(`read ${id}`, { path: `${PROVIDERS}/${id}` })];
}
