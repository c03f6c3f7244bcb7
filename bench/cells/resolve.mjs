import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchAnswer } from '../answer.mjs';
import { measureLoad } from '../measure.mjs';
import { Program, withPrograms } from '../program.mjs';
import { busyNote, loadRows } from '../report.mjs';
import { contextOf } from '../registry/seed.mjs';
import { startService } from '../service.mjs';

const FLOOR = fileURLToPath(new URL('../floors/resolve-floor.mjs', import.meta.url));
/** What lies under that floor: they only answer, with the bytes of `selector`. */
const LAYERS = {
  Fastify: fileURLToPath(new URL('../floors/fastify-floor.mjs', import.meta.url)),
  'node:http': fileURLToPath(new URL('../floors/http-floor.mjs', import.meta.url)),
};
const CONNECTIONS = 32;
const GOALS = { throughput: { atLeast: 0.75 } };

const QUESTIONS = ['selector', 'auto', 'auto-3'];
/** The provider whose rule holds in the usual registry. */
const TENANT = 42;
const ORIENTATION = ['/healthz', '/v1/account'];

/** POST /v1/resolve, against a bare Nest handler that authenticates and answers as many bytes, and what is under it. */
export function measureResolve(bench) {
  return withPrograms(async (running) => {
    const service = await running(startService(bench.mariadb));
    const { targets: ours, answers } = await askOurs(service, bench.mariadb.token);
    const floor = await running(startFloor(bench, answers));
    const targets = {};
    for (const [name, target] of Object.entries(ours)) {
      targets[name] = target;
      if (name in answers) targets[`${name} floor`] = await asFloor(floor, `/${name}`, target);
    }
    const document = join(bench.directory, 'resolve-answer.json');
    await writeFile(document, JSON.stringify(answers.selector));
    for (const [name, file] of Object.entries(LAYERS))
      targets[name] = await asFloor(await running(Program.start([file, document])), '/', targets.selector);
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
    notes: [`Bytes of an answer: ${sizes.join(', ')}.`, busyNote(samples)],
    samples,
  };
}

/** The questions as requests to the service, and its answers. The rule of the provider `tenant` is the one that holds. */
export async function askOurs(service, token, tenant = TENANT) {
  const headers = { Authorization: `Bearer ${token}` };
  const targets = {};
  const answers = {};
  for (const [name, { body, expected }] of Object.entries(questionsFor(tenant))) {
    const request = { method: 'POST', path: '/v1/resolve', headers, body: JSON.stringify(body) };
    const { bytes } = await fetchAnswer(service, request);
    answers[name] = JSON.parse(bytes);
    const { selector } = answers[name].selected;
    if (selector !== expected) throw new Error(`${name} resolved to ${selector}, not ${expected}`);
    targets[name] = { program: service, request, length: bytes.length };
  }
  for (const path of ORIENTATION) {
    const request = { path, headers };
    const { bytes } = await fetchAnswer(service, request);
    targets[path] = { program: service, request, length: bytes.length };
  }
  return { targets, answers };
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

export async function startFloor({ directory, mariadb }, answers) {
  const file = join(directory, 'resolve-floor.json');
  await writeFile(file, JSON.stringify({ token: mariadb.token, answers }));
  return Program.start([FLOOR, file]);
}

export async function asFloor(program, path, { request, length }) {
  const target = { program, request: { ...request, path }, length };
  const { bytes } = await fetchAnswer(program, target.request);
  if (bytes.length !== length) throw new Error(`the floor answers ${bytes.length} bytes, not ${length}`);
  return target;
}
