import { fetchResponse } from '../fetch-response.mjs';
import { measureLoad } from '../measure.mjs';
import { loadRows } from '../report.mjs';
import { startService } from '../service.mjs';
import { summarise } from '../statistics.mjs';
import { listTargets, startFloor as startListFloor } from './list.mjs';
import { toFloorTarget, createTargets, startFloor as startResolveFloor } from './resolve.mjs';

const RATE = 200;
const CONNECTIONS = 32;
const MEASURES = ['p50', 'p99', 'processor'];
const P50_GOAL = { atMost: 1.4 };
const P99_GOAL = { atMost: 1.5 };
const QUIET = 3;
const COMPARED = ['resolve selector', 'list unchanged'];
const ORIENTATION = ['one model', '/healthz'];

/** Measures response times at a low, fixed rate, at which requests rarely wait for each other. */
export async function measureLatency(bench) {
  const service = await startService(bench.mariadb);
  const floors = [];
  try {
    const targets = await allTargets(service, bench, floors);
    // At this rate, the windows of other cells have too few responses for a p99.
    const options = { ...bench.options, ...bench.options.latency };
    const samples = await measureLoad({ ...bench, options }, targets, CONNECTIONS, { rate: RATE });
    return {
      title: `Latency at ${RATE} requests/s`,
      rows: [
        ...COMPARED.flatMap((name) => {
          const floor = samples[`${name} floor`];
          const goals = { p50: P50_GOAL, p99: isQuiet(floor) ? P99_GOAL : null };
          return loadRows(name, samples[name], floor, goals, MEASURES);
        }),
        ...ORIENTATION.flatMap((name) => loadRows(name, samples[name], null, {}, MEASURES)),
      ],
      notes: [
        `${options.rounds} windows of ${options.windowSeconds} s; a p99 has a goal if the floor's is below ${QUIET} times its p50.`,
        sendDelayNote(samples),
      ],
      samples,
    };
  } finally {
    await service.stop();
    for (const floor of floors) await floor.stop();
  }
}

async function allTargets(service, bench, floors) {
  const { targets: resolve, responses } = await createTargets(service, bench.mariadb.token);
  const list = await listTargets(service, bench.mariadb);
  const resolveFloor = await startResolveFloor(bench, responses);
  floors.push(resolveFloor);
  const listFloor = await startListFloor(bench, bench.mariadb, list.bytes);
  floors.push(listFloor);
  return {
    'resolve selector': resolve.selector,
    'resolve selector floor': await toFloorTarget(resolveFloor, '/selector', resolve.selector),
    'list unchanged': list.targets.unchanged,
    'list unchanged floor': {
      ...list.targets.unchanged,
      program: listFloor,
      request: { path: '/unchanged' },
    },
    'one model': await oneModel(service, bench.mariadb, list),
    '/healthz': resolve['/healthz'],
  };
}

async function oneModel(program, { modelId }, { bytes, request: { headers } }) {
  const provider = JSON.parse(bytes).find(({ models }) => models.some(({ id }) => id === modelId));
  const request = { path: `/v1/llm-providers/${provider.id}/models/${modelId}`, headers };
  const { bytes: model } = await fetchResponse(program, request);
  if (JSON.parse(model).id !== modelId) throw new Error(`${request.path} returned another model`);
  return { program, request, length: model.length };
}

/** Returns whether the server caused the slowest responses, not the machine. */
function isQuiet(floor) {
  const median = (field) => summarise(floor.map((sample) => sample[field])).median;
  return median('p99Milliseconds') < QUIET * median('p50Milliseconds');
}

/** Reports the load generator's delay, which is part of every time. */
function sendDelayNote(samples) {
  const median = (field) =>
    Math.round(
      1000 *
        summarise(
          Object.values(samples)
            .flat()
            .map((sample) => sample[field]),
        ).median,
    );
  const [half, most] = [median('sendDelayP50Milliseconds'), median('sendDelayP99Milliseconds')];
  return `Half of the requests went out within ${half} µs of when they were due, 99 % within ${most} µs (medians of the windows).`;
}
