import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchAnswer } from '../answer.mjs';
import { measureLoad, measureRounds } from '../measure.mjs';
import { Program } from '../program.mjs';
import { busyNote, loadRows } from '../report.mjs';
import { startService } from '../service.mjs';
import { RegistryWriter } from './registry-writer.mjs';

const FLOOR = fileURLToPath(new URL('../floors/list-floor.mjs', import.meta.url));
const PATH = '/v1/llm-providers';
const CONNECTIONS = 8;
const GOALS = {
  warm: { processor: { atMost: 2 } },
  unchanged: { processor: { atMost: 2 } },
  cold: { throughput: { atLeast: 0.7 } },
};

/** GET /v1/llm-providers on MariaDB, against bare handlers over the same database. */
export async function measureList(bench) {
  const { mariadb } = bench;
  const service = await startService(mariadb);
  let floor = null;
  try {
    const ours = await listTargets(service, mariadb);
    floor = await startFloor(bench, ours.bytes);
    await expectSameList(floor, ours);
    const floors = {
      'warm floor': { ...ours.targets.warm, program: floor, request: { path: '/warm' } },
      'unchanged floor': { ...ours.targets.unchanged, program: floor, request: { path: '/unchanged' } },
    };
    const loaded = await measureLoad(bench, { ...ours.targets, ...floors }, CONNECTIONS);
    const writer = new RegistryWriter(mariadb);
    const cold = await measureRounds(
      {
        cold: () => writer.window(service, ours.request, bench.options, { logged: false }),
        changed: () => writer.window(service, ours.request, bench.options, { logged: true }),
        'cold floor': () => writer.window(floor, { path: '/cold' }, bench.options, { logged: false }),
      },
      bench.options.rounds,
    );
    await expectSameList(floor, { ...(await fetchAnswer(service, ours.request)) });
    const samples = { ...loaded, ...cold };
    return {
      title: `The list on MariaDB (${ours.bytes.length} bytes)`,
      rows: [
        ...Object.keys(GOALS).flatMap((name) =>
          loadRows(name, samples[name], samples[`${name} floor`], GOALS[name]),
        ),
        ...loadRows('one model changed', samples.changed, samples['cold floor']),
      ],
      notes: [busyNote(loaded)],
      samples,
    };
  } finally {
    await service.stop();
    await floor?.stop();
  }
}

/** The same on the embedded database, for orientation: it has no floor. */
export async function measureEmbeddedList(bench) {
  const { sqlite } = bench;
  const service = await startService(sqlite);
  try {
    const ours = await listTargets(service, sqlite);
    const loaded = await measureLoad(bench, ours.targets, CONNECTIONS);
    const writer = new RegistryWriter(sqlite);
    const cold = await measureRounds(
      { cold: () => writer.window(service, ours.request, bench.options, { logged: false }) },
      bench.options.rounds,
    );
    const samples = { ...loaded, ...cold };
    return {
      title: `The list on the embedded database (${ours.bytes.length} bytes)`,
      rows: Object.keys(samples).flatMap((name) => loadRows(name, samples[name])),
      samples,
    };
  } finally {
    await service.stop();
  }
}

export async function listTargets(program, { token }) {
  const headers = { Authorization: `Bearer ${token}` };
  const request = { path: PATH, headers };
  const { bytes, headers: answered } = await fetchAnswer(program, request);
  const conditional = { path: PATH, headers: { ...headers, 'If-None-Match': answered.etag } };
  return {
    bytes,
    request,
    targets: {
      warm: { program, request, length: bytes.length },
      unchanged: { program, request: conditional, status: 304, length: 0 },
    },
  };
}

export async function startFloor({ directory, mariadb }, bytes) {
  const document = join(directory, 'list.json');
  await writeFile(document, bytes);
  const file = join(directory, 'list-floor.json');
  const { accountId, env } = mariadb;
  await writeFile(file, JSON.stringify({ databaseUrl: env.DATABASE_URL, accountId, document }));
  return Program.start([FLOOR, file]);
}

/** Byte for byte: the floor does the same work, or it is no floor. */
async function expectSameList(floor, { bytes }) {
  const { bytes: theirs } = await fetchAnswer(floor, { path: '/cold' });
  if (!theirs.equals(bytes)) throw new Error('the floor puts together another list');
}
