import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Callers } from '../callers.mjs';
import { growthRows } from '../growth.mjs';
import { measureRounds } from '../measure.mjs';
import { Program, withPrograms } from '../program.mjs';
import { API_KEY } from '../registry/seed.mjs';
import { loadRows } from '../report.mjs';
import { startService } from '../service.mjs';
import { SIZES } from './growth.mjs';

const FLOOR = fileURLToPath(new URL('../floors/items-floor.mjs', import.meta.url));
const USUAL = 100;
const MANY_CALLERS = 8;
const ENGINES = { mariadb: 'MariaDB', sqlite: 'the embedded database' };
/** Of the bare statement, with one caller: design goals for a durable database. */
const GOALS = {
  'get provider': { throughput: { atLeast: 0.7 } },
  'get model': { throughput: { atLeast: 0.7 } },
  'create provider': { throughput: { atLeast: 0.55 } },
  'create model': { throughput: { atLeast: 0.55 } },
};

export function measureItems(bench) {
  return measure(bench, 'mariadb', GOALS);
}

export function measureEmbeddedItems(bench) {
  return measure(bench, 'sqlite', {});
}

/** One provider or model read, created and changed, at three sizes of the registry, and against the bare statements. */
function measure(bench, engine, goals) {
  return withPrograms(async (running) => {
    const windows = {};
    const closing = [];
    const add = (name, program, registry, requests, callers) => {
      const pool = new Callers(program, callers);
      closing.push(() => pool.close());
      for (const [job, next] of Object.entries(requests)) {
        windows[`${job} ${name}`] = async () => {
          const sample = await pool.window(next, bench.options);
          if (job.startsWith('create')) await removeCreated(registry);
          return sample;
        };
      }
    };
    for (const size of SIZES) {
      const registry = await bench.registries.get(engine, size);
      const service = await running(startService(registry));
      add(`${size}`, service, registry, ourRequests(registry), MANY_CALLERS);
      if (size !== USUAL) continue;
      const floor = await running(startFloor(bench, registry));
      add('alone', service, registry, ourRequests(registry), 1);
      add('floor alone', floor, registry, floorRequests(), 1);
      add('floor', floor, registry, floorRequests(), MANY_CALLERS);
    }
    const samples = await measureRounds(windows, bench.options.rounds);
    for (const close of closing) await close();
    return summary(ENGINES[engine], samples, goals);
  });
}

function summary(engine, samples, goals) {
  const jobs = Object.keys(floorRequests());
  const growthOf = (job) =>
    growthRows(
      job,
      SIZES,
      SIZES.map((size) => samples[`${job} ${size}`]),
    );
  return {
    title: `One provider or model, ${engine}`,
    rows: jobs.flatMap((job) => [
      ...loadRows(`${job}, 1 caller`, samples[`${job} alone`], samples[`${job} floor alone`], goals[job]),
      ...loadRows(`${job}, ${MANY_CALLERS} callers`, samples[`${job} ${USUAL}`], samples[`${job} floor`]),
    ]),
    growth: { unit: 'providers', sizes: SIZES, rows: jobs.flatMap(growthOf) },
    notes: [
      'The floor runs the bare statement: no auth, seal, check, audit event, revision or change log.',
      `Growth is with ${MANY_CALLERS} callers. Rows that were created are removed after each window.`,
    ],
    samples,
  };
}

let count = 0;
const unique = () => `created-${(count += 1)}`;

function jobsAt(headers, paths, provider) {
  const send = (method, path, body, status) => ({
    method,
    path,
    headers,
    body: JSON.stringify(body),
    status,
  });
  return {
    'get provider': () => ({ path: paths.provider, headers }),
    'get model': () => ({ path: paths.model, headers }),
    'create provider': () => send('POST', paths.providers, { ...provider, name: unique() }, 201),
    'create model': () => send('POST', paths.models, { model: unique(), cost_per_1k_input: 0.003 }, 201),
    'change model': () => send('PATCH', paths.model, { priority: (count += 1) % 1000 }, 200),
  };
}

function ourRequests({ writeToken, providerId, modelId }) {
  const providers = '/v1/llm-providers';
  const models = `${providers}/${providerId}/models`;
  const paths = { providers, provider: `${providers}/${providerId}`, models, model: `${models}/${modelId}` };
  return jobsAt({ Authorization: `Bearer ${writeToken}` }, paths, { provider: 'openai', api_key: API_KEY });
}

function floorRequests() {
  return jobsAt({}, { providers: '/provider', provider: '/provider', models: '/model', model: '/model' }, {});
}

async function startFloor({ directory }, registry) {
  const columns = {};
  for (const table of ['providers', 'provider_models']) {
    const [row] = await registry.rows(`SELECT * FROM ${table} LIMIT 1`);
    columns[table] = Object.keys(row);
  }
  const { place: database, providerId: provider, modelId: model } = registry;
  const file = join(directory, `items-floor-${registry.engine}.json`);
  await writeFile(file, JSON.stringify({ database, provider, model, columns }));
  return Program.start([FLOOR, file]);
}

/** Beside the service, whose next write or poll sees the revision. */
async function removeCreated(registry) {
  await registry.execute("DELETE FROM provider_models WHERE model LIKE 'created-%'");
  await registry.execute("DELETE FROM providers WHERE name LIKE 'created-%'");
  await registry.execute('UPDATE accounts SET revision = revision + 1');
}
