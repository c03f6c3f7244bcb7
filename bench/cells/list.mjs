import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchResponse } from '../fetch-response.mjs';
import { measureLoad, measureRounds } from '../measure.mjs';
import { Program, withPrograms } from '../program.mjs';
import { busyNote, loadRows } from '../report.mjs';
import { startService } from '../service.mjs';
import { RegistryWriter } from './registry-writer.mjs';

const FLOOR = fileURLToPath(new URL('../floors/list-floor.mjs', import.meta.url));
const PATH = '/v1/llm-providers';
const CONNECTIONS = 8;
const MEASURED = ['warm', 'unchanged', 'cold'];
const GOALS = {
  warm: { processor: { atMost: 2 } },
  unchanged: { processor: { atMost: 2 } },
  cold: { throughput: { atLeast: 0.7 } },
};

/** Measures GET /v1/llm-providers on MariaDB against bare handlers on the same database. */
export function measureList(bench) {
  return measure(bench, bench.mariadb, { title: 'The list on MariaDB', goals: GOALS });
}

/** Measures the list on the embedded database, without a goal. */
export function measureEmbeddedList(bench) {
  return measure(bench, bench.sqlite, { title: 'The list on the embedded database', goals: {} });
}

function measure(bench, registry, { title, goals }) {
  return withPrograms(async (running) => {
    const service = await running(startService(registry));
    const ours = await listTargets(service, registry);
    const floor = await running(startFloor(bench, registry, ours.bytes));
    await expectSameList(floor, ours);
    const { warm, unchanged } = ours.targets;
    const targets = {
      warm,
      'warm floor': { ...warm, program: floor, request: { path: '/warm' } },
      unchanged,
      'unchanged floor': { ...unchanged, program: floor, request: { path: '/unchanged' } },
    };
    const loaded = await measureLoad(bench, targets, CONNECTIONS);
    const writer = new RegistryWriter(registry);
    const cold = await measureRounds(
      {
        cold: () => writer.window(service, ours.request, bench.options, { logged: false }),
        changed: () => writer.window(service, ours.request, bench.options, { logged: true }),
        'cold floor': () => writer.window(floor, { path: '/cold' }, bench.options, { logged: false }),
      },
      bench.options.rounds,
    );
    await expectSameList(floor, { ...(await fetchResponse(service, ours.request)) });
    const samples = { ...loaded, ...cold };
    return {
      title: `${title} (${ours.bytes.length} bytes)`,
      rows: [
        ...MEASURED.flatMap((name) => loadRows(name, samples[name], samples[`${name} floor`], goals[name])),
        ...loadRows('one model changed', samples.changed, samples['cold floor']),
      ],
      notes: [busyNote(loaded)],
      samples,
    };
  });
}

export async function listTargets(program, { token }) {
  const headers = { Authorization: `Bearer ${token}` };
  const request = { path: PATH, headers };
  const { bytes, headers: received } = await fetchResponse(program, request);
  const conditional = { path: PATH, headers: { ...headers, 'If-None-Match': received.etag } };
  return {
    bytes,
    request,
    targets: {
      warm: { program, request, length: bytes.length },
      unchanged: { program, request: conditional, status: 304, length: 0 },
    },
  };
}

export async function startFloor({ directory }, { place, accountId }, bytes) {
  const document = join(directory, 'list.json');
  await writeFile(document, bytes);
  const file = join(directory, 'list-floor.json');
  await writeFile(file, JSON.stringify({ database: place, accountId, document }));
  return Program.start([FLOOR, file]);
}

/** Verifies that the floor returns the same bytes, because a floor must do the same work. */
async function expectSameList(floor, { bytes }) {
  const { bytes: theirs } = await fetchResponse(floor, { path: '/cold' });
  if (!theirs.equals(bytes)) throw new Error('the floor builds another list');
}
