import { fetchResponse } from '../fetch-response.mjs';
import { chatBody, PATH, startFloor, startGateway } from '../gateway/setup.mjs';
import { measureLoad } from '../measure.mjs';
import { withPrograms } from '../program.mjs';
import { busyNote, loadRows } from '../report.mjs';

const RATE = 200;
const SIZES = { '1 KB': { bytes: 1000, connections: 64 }, '100 KB': { bytes: 100_000, connections: 32 } };
const GOALS = {
  '1 KB': { processor: { atMost: 1.8 } },
  '100 KB': { processor: { atMost: 2.5 } },
  latency: { p50: { atMost: 1.4 } },
};

/** Measures chat completions through the gateway against a bare proxy to the same upstream. */
export function measureGateway(bench) {
  return withPrograms(async (running) => {
    const { upstream, service, headers } = await startGateway(bench, running);
    const floor = await running(startFloor(upstream, 'ok'));
    const rows = [];
    const all = {};
    for (const [name, { bytes, connections }] of Object.entries(SIZES)) {
      const targets = await targetsFor({ service, floor, headers, body: chatBody(bytes) });
      const samples = await measureLoad(bench, targets, connections);
      rows.push(...loadRows(`chat, ${name}`, samples.ours, samples.floor, GOALS[name]));
      Object.assign(all, { [name]: samples.ours, [`${name} floor`]: samples.floor });
    }
    const options = { ...bench.options, ...bench.options.latency };
    const targets = await targetsFor({ service, floor, headers, body: chatBody(1000) });
    const samples = await measureLoad({ ...bench, options }, targets, 16, { rate: RATE });
    rows.push(
      ...loadRows(`chat, ${RATE}/s`, samples.ours, samples.floor, GOALS.latency, ['p50', 'p99', 'processor']),
    );
    const notes = [
      'The upstream and the load share CPU 1. Times include the upstream on both sides.',
      busyNote(all),
    ];
    return { title: 'Chat completions through the gateway', rows, notes, samples: { ...all, rate: samples } };
  });
}

async function targetsFor({ service, floor, headers, body }) {
  const request = { method: 'POST', path: PATH, headers, body };
  const { bytes } = await fetchResponse(service, request);
  const { bytes: floorBytes } = await fetchResponse(floor, request);
  if (!bytes.equals(floorBytes)) throw new Error('the gateway changed the bytes of the response');
  return {
    ours: { program: service, request, length: bytes.length },
    floor: { program: floor, request, length: bytes.length },
  };
}
