import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchResponse } from '../fetch-response.mjs';
import { measureLoad } from '../measure.mjs';
import { Program, withPrograms } from '../program.mjs';
import { busyNote, loadRows } from '../report.mjs';
import { contextOf } from '../registry/seed.mjs';
import { startService } from '../service.mjs';

const FLOOR = fileURLToPath(new URL('../floors/resolve-floor.mjs', import.meta.url));
/** Floors below the main floor. They only send the bytes of `selector`. */
const LAYERS = {
  Fastify: fileURLToPath(new URL('../floors/fastify-floor.mjs', import.meta.url)),
  'node:http': fileURLToPath(new URL('../floors/http-floor.mjs', import.meta.url)),
};
const CONNECTIONS = 32;
const GOALS = { throughput: { atLeast: 0.75 } };

const QUESTIONS = ['selector', 'auto', 'auto-3'];
/** The provider whose rule matches in the usual registry. */
const TENANT = 42;
const ORIENTATION = ['/healthz', '/v1/account'];

/** Measures POST /v1/resolve against a bare Nest handler that authenticates and sends as many bytes, and lower floors. */
export function measureResolve(bench) {
  return withPrograms(async (running) => {
    const service = await running(startService(bench.mariadb));
    const { targets: ours, responses } = await createTargets(service, bench.mariadb.token);
    const floor = await running(startFloor(bench, responses));
    const targets = {};
    for (const [name, target] of Object.entries(ours)) {
      targets[name] = target;
      if (name in responses) targets[`${name} floor`] = await toFloorTarget(floor, `/${name}`, target);
    }
    const document = join(bench.directory, 'resolve-response.json');
    await writeFile(document, JSON.stringify(responses.selector));
    for (const [name, file] of Object.entries(LAYERS))
      targets[name] = await toFloorTarget(
        await running(Program.start([file, document])),
        '/',
        targets.selector,
      );
    return summary(targets, await measureLoad(bench, targets, CONNECTIONS));
  });
}

function summary(targets, samples) {
  const sizes = QUESTIONS.map((name) => `${name} ${targets[name].length}`);
  return {
    title: `Resolve over HTTP (${CONNECTIONS} connections)`,
    rows: [
      ...QUESTIONS.flatMap((name) =>
        loadRows(`resolve ${name}`, samples[name], samples[`${name} floor`], GOALS),
      ),
      ...Object.keys(LAYERS).flatMap((name) =>
        loadRows(`resolve selector, against ${name}`, samples.selector, samples[name]),
      ),
      ...ORIENTATION.flatMap((path) => loadRows(path, samples[path])),
    ],
    notes: [`Bytes of a response: ${sizes.join(', ')}.`, busyNote(samples)],
    samples,
  };
}

/** Creates the requests to the service and reads its responses. Only the rule of the provider `tenant` matches. */
export async function createTargets(service, token, tenant = TENANT) {
  const headers = { Authorization: `Bearer ${token}` };
  const targets = {};
  const responses = {};
  for (const [name, { body, expected }] of Object.entries(questionsFor(tenant))) {
    const request = { method: 'POST', path: '/v1/resolve', headers, body: JSON.stringify(body) };
    const { bytes } = await fetchResponse(service, request);
    responses[name] = JSON.parse(bytes);
    const { selector } = responses[name].selected;
    if (selector !== expected) throw new Error(`${name} resolved to ${selector}, not ${expected}`);
    targets[name] = { program: service, request, length: bytes.length };
  }
  for (const path of ORIENTATION) {
    const request = { path, headers };
    const { bytes } = await fetchResponse(service, request);
    targets[path] = { program: service, request, length: bytes.length };
  }
  return { targets, responses };
}

function questionsFor(tenant) {
  const auto = { selector: 'auto', context: contextOf(tenant) };
  const expected = `provider-${tenant}^model-19`;
  return {
    selector: { body: { selector: 'provider-7^model-3' }, expected: 'provider-7^model-3' },
    auto: { body: auto, expected },
    'auto-3': { body: { ...auto, max_fallbacks: 3 }, expected },
  };
}

export async function startFloor({ directory, mariadb }, responses) {
  const file = join(directory, 'resolve-floor.json');
  await writeFile(file, JSON.stringify({ token: mariadb.token, responses }));
  return Program.start([FLOOR, file]);
}

export async function toFloorTarget(program, path, { request, length }) {
  const target = { program, request: { ...request, path }, length };
  const { bytes } = await fetchResponse(program, target.request);
  if (bytes.length !== length) throw new Error(`the floor sends ${bytes.length} bytes, not ${length}`);
  return target;
}
