import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { growthRows } from '../growth.mjs';
import { JobClient, measureJobs } from '../job-client.mjs';
import { Program, withPrograms } from '../program.mjs';
import { API_KEY } from '../registry/seed.mjs';
import { loadRows } from '../report.mjs';
import { startService } from '../service.mjs';
import { SIZES } from './growth.mjs';

const FLOOR = fileURLToPath(new URL('../floors/items-floor.mjs', import.meta.url));
const USUAL = 100;
const MANY_CALLERS = 8;
const ENGINES = { mariadb: 'MariaDB', sqlite: 'the embedded database' };
/** Design goals for a durable database, as shares of the bare statement with one caller. */
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

/** Measures reading, creating and changing one provider or model at three registry sizes, and the bare statements. */
function measure(bench, engine, goals) {
  return withPrograms(async (running) => {
    const sides = [];
    const add = (name, server, registry, requests, callers) => {
      const client = new JobClient(server, callers);
      sides.push({ name, client, callers, registry, requests });
      return client;
    };
    for (const size of SIZES) {
      const registry = await bench.registries.get(engine, size);
      const service = await running(startService(registry));
      const ours = { program: service, headers: { Authorization: `Bearer ${registry.writeToken}` } };
      const requests = ourRequests(registry);
      const client = add(`${size}`, ours, registry, requests, MANY_CALLERS);
      // After this, all priorities have the same number of digits.
      await client.send('change model', requests['change model']());
      if (size !== USUAL) continue;
      const floor = { program: await running(startFloor(bench, registry)) };
      add('floor', floor, registry, FLOOR_REQUESTS, MANY_CALLERS);
      add('alone', ours, registry, requests, 1);
      add('floor alone', floor, registry, FLOOR_REQUESTS, 1);
    }
    const samples = await measureJobs(bench, jobsOf(sides));
    await Promise.all(sides.map(({ client }) => client.close()));
    return summary(ENGINES[engine], samples, goals);
  });
}

/** Orders all sides of a job one after another, because they are compared. */
function jobsOf(sides) {
  const jobs = {};
  for (const job of Object.keys(FLOOR_REQUESTS)) {
    for (const { name, client, callers, registry, requests } of sides) {
      const next = requests[job];
      const after = job.startsWith('create') ? () => removeCreated(registry) : undefined;
      jobs[`${job} ${name}`] = { client, callers, repeat: () => client.send(job, next()), after };
    }
  }
  return jobs;
}

function summary(engine, samples, goals) {
  const jobs = Object.keys(FLOOR_REQUESTS);
  const atSizes = (job) => SIZES.map((size) => samples[`${job} ${size}`]);
  return {
    title: `One provider or model, ${engine}`,
    rows: jobs.flatMap((job) => [
      ...loadRows(`${job}, 1 caller`, samples[`${job} alone`], samples[`${job} floor alone`], goals[job]),
      ...loadRows(`${job}, ${MANY_CALLERS} callers`, samples[`${job} ${USUAL}`], samples[`${job} floor`]),
    ]),
    growth: {
      unit: 'providers',
      sizes: SIZES,
      rows: jobs.flatMap((job) => growthRows(job, SIZES, atSizes(job))),
    },
    notes: [
      'The floor runs the bare statement without authentication, sealing, validation, audit event, revision or change log.',
      `Growth is measured with ${MANY_CALLERS} callers. Created rows are removed after each window.`,
    ],
    samples,
  };
}

let count = 0;
/** A name of fixed length, so that all responses have the same length. */
const unique = () => `created-${String((count += 1)).padStart(9, '0')}`;
const priority = () => 100 + ((count += 1) % 900);

/** Creates the requests of each job with the paths of a server. */
function requestsTo(paths, provider) {
  const send = (method, path, body, status) => ({ method, path, body, status });
  return {
    'get provider': () => ({ path: paths.provider }),
    'get model': () => ({ path: paths.model }),
    'create provider': () => send('POST', paths.providers, { ...provider, name: unique() }, 201),
    'create model': () => send('POST', paths.models, { model: unique(), cost_per_1k_input: 0.003 }, 201),
    'change model': () => send('PATCH', paths.model, { priority: priority() }, 200),
  };
}

const FLOOR_REQUESTS = requestsTo(
  { providers: '/provider', provider: '/provider', models: '/model', model: '/model' },
  {},
);

function ourRequests({ providerId, modelId }) {
  const providers = '/v1/llm-providers';
  const models = `${providers}/${providerId}/models`;
  const paths = { providers, provider: `${providers}/${providerId}`, models, model: `${models}/${modelId}` };
  return requestsTo(paths, { provider: 'openai', api_key: API_KEY });
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

/** Deletes rows directly in the database. The service sees the revision at its next write or poll. */
async function removeCreated(registry) {
  await registry.execute("DELETE FROM provider_models WHERE model LIKE 'created-%'");
  await registry.execute("DELETE FROM providers WHERE name LIKE 'created-%'");
  await registry.execute('UPDATE accounts SET revision = revision + 1');
}
