import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program } from '../program.mjs';
import { command, installed } from './install.mjs';
import { API_KEY, deploymentName, modelName } from './names.mjs';

const REQUIREMENTS = fileURLToPath(new URL('litellm-requirements.txt', import.meta.url));
const VERSION = '1.106.12';
const MASTER_KEY = 'sk-bench-master';

/** LiteLLM's proxy, written in Python. It has no database here and reads a configuration file. */
export const litellm = {
  name: 'LiteLLM',
  version: VERSION,
  database: 'which has no database here',
  configuration: [
    'LiteLLM is installed from PyPI with exact versions. One worker, for one processor; production mode and log level `ERROR` as its documentation advises; its default access log, to /dev/null; no Redis.',
    '**No registry has its database**: it needs the query engine of Prisma 5.17.0, which only binaries.prisma.sh offers. Without it, `POST /model/new` returns 500, "No DB Connected". So there is no `create`, and `list` and `read` come from memory, from a configuration file. Caret reads its embedded database.',
    '`list` is `/model/info`, which returns about a hundred prices of each deployment, set or not.',
  ],
  install: () => installed(`litellm-${VERSION}`, install),
  start,
};

async function install(directory) {
  await command('python3', ['-m', 'venv', directory]);
  await command(join(directory, 'bin/pip'), ['install', '--no-deps', '-r', REQUIREMENTS]);
}

/** Starts an instance with `count` deployments. */
async function start({ installation, directory, count }) {
  await mkdir(directory);
  const file = join(directory, 'config.yaml');
  // YAML is a superset of JSON.
  await writeFile(file, JSON.stringify(configuration(count)));
  const bin = join(installation, 'bin');
  const options = ['--config', file, '--host', '127.0.0.1', '--num_workers', '1', '--telemetry', 'False'];
  const program = await Program.startCommand(
    (port) => [join(bin, 'python'), join(bin, 'litellm'), ...options, '--port', String(port)],
    {
      cwd: directory,
      env: () => ({
        HOME: directory,
        LITELLM_MODE: 'PRODUCTION',
        LITELLM_LOG: 'ERROR',
        LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      }),
      ready: '/health/readiness',
    },
  );
  const headers = { Authorization: `Bearer ${MASTER_KEY}` };
  return {
    program,
    headers,
    create: null,
    list,
    names,
    read,
    find: deploymentId,
    stop: () => program.stop(),
  };
}

function configuration(count) {
  const deployment = (_, index) => ({
    model_name: modelName(index + 1),
    litellm_params: {
      model: `openai/${modelName(index + 1)}`,
      api_key: API_KEY,
      api_base: 'http://127.0.0.1:9',
    },
    model_info: { id: deploymentName(index + 1) },
  });
  return {
    model_list: Array.from({ length: count }, deployment),
    general_settings: { master_key: MASTER_KEY },
  };
}

async function list(send, count) {
  return [await send(`list of ${count}`, { path: '/model/info' })];
}

async function names(send, count) {
  return [await send(`names of ${count}`, { path: '/v1/models' })];
}

function deploymentId(_, number) {
  return deploymentName(number);
}

async function read(send, id) {
  return [await send(`read ${id}`, { path: `/model/info?litellm_model_id=${id}` })];
}
