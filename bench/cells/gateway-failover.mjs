import { fetchResponse } from '../fetch-response.mjs';
import { chatBody, PATH, startFloor, startGateway } from '../gateway/setup.mjs';
import { JobClient, measureJobs } from '../job-client.mjs';
import { withPrograms } from '../program.mjs';
import { row } from '../report.mjs';

/** Fewer failures than open the breaker of a model, so that every request fails over. */
const FAILURES_PER_MODEL = 4;
const GOAL = { atMost: 1.5 };

/** Measures requests whose first upstream responds with 500, against a bare proxy that makes the same two calls. */
export function measureGatewayFailover(bench) {
  return withPrograms(async (running) => {
    const { upstream, service, headers, addProvider, addModel } = await startGateway(bench, running);
    const failing = await addProvider('failing', 'failing');
    const models = bench.options.quick ? 500 : 6000;
    for (let index = 0; index < models; index += 1) await addModel(failing, `model-${index}`);
    const floor = await running(startFloor(upstream, 'failing', 'ok'));

    let sent = 0;
    const nextRequest = () => {
      const model = Math.floor(sent++ / FAILURES_PER_MODEL);
      if (model >= models) throw new Error('every breaker is open; the cell needs more models');
      const body = { ...JSON.parse(chatBody(1000)), model: `failing^model-${model}` };
      return {
        method: 'POST',
        path: PATH,
        headers: { ...headers, 'x-caret-selectors': 'bench^bench-model' },
        body,
      };
    };
    await expectFailover(service, nextRequest());
    const floorRequest = { method: 'POST', path: PATH, body: JSON.parse(chatBody(1000)) };
    const jobs = jobsOf({ ours: [service, nextRequest], floor: [floor, () => floorRequest] });
    const samples = await measureJobs(bench, jobs);
    await Promise.all(Object.values(jobs).map(({ client }) => client.close()));
    const values = (field) => ({
      ours: samples.ours.map((sample) => sample[field]),
      floor: samples.floor.map((sample) => sample[field]),
    });
    const rows = [
      row('500, then the next', 'p50 ms', { ...values('p50Milliseconds'), goal: GOAL }),
      row('500, then the next', 'CPU µs/request', values('cpuMicroseconds')),
    ];
    return { title: 'Failover', rows, notes: [`One caller; ${models} failing models.`], samples };
  });
}

function jobsOf(sides) {
  const toJob = ([name, [program, requestOf]]) => {
    const client = new JobClient({ program }, 1);
    return [name, { client, callers: 1, repeat: () => client.send(name, requestOf()) }];
  };
  return Object.fromEntries(Object.entries(sides).map(toJob));
}

async function expectFailover(service, { body, ...request }) {
  const { headers } = await fetchResponse(service, { ...request, body: JSON.stringify(body) });
  if (headers['x-caret-attempts'] !== '2')
    throw new Error(`x-caret-attempts is ${headers['x-caret-attempts']}, not 2`);
}
