/**
 * The benchmark command. Builds the application, measures it against floors, prints tables and writes them with every
 * sample to bench/results/. `--help` lists its options. Exits with 1 if a cell could not be measured and with 2 for a
 * wrong option. A missed goal is only reported.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureDiscovery } from './cells/discovery.mjs';
import { measureEngine } from './cells/engine.mjs';
import { measureGatewayFailover } from './cells/gateway-failover.mjs';
import { measureGatewayStreams } from './cells/gateway-streams.mjs';
import { measureGateway } from './cells/gateway.mjs';
import { measureGrowth } from './cells/growth.mjs';
import { measureEmbeddedItems, measureItems } from './cells/items.mjs';
import { measureLatency } from './cells/latency.mjs';
import { measureEmbeddedList, measureList } from './cells/list.mjs';
import { measureMemory } from './cells/memory.mjs';
import { PEER_CELLS } from './cells/peers.mjs';
import { measureResolve } from './cells/resolve.mjs';
import { measureSignIn } from './cells/sign-in.mjs';
import { measureStart } from './cells/start.mjs';
import { readCommandLine } from './command-line.mjs';
import { LoadGenerator } from './load-generator/load-generator.mjs';
import { describeMachine } from './machine.mjs';
import { pin } from './program.mjs';
import { Registries } from './registry/registries.mjs';
import { renderHeader, renderTable } from './report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const SIZE = { providers: 100, models: 20 };

/** Each cell with the databases on which it needs a registry of the usual size. It may create others. */
const CELLS = {
  resolve: { measure: measureResolve, needs: ['mariadb'] },
  latency: { measure: measureLatency, needs: ['mariadb'] },
  list: { measure: measureList, needs: ['mariadb'] },
  'embedded-list': { measure: measureEmbeddedList, needs: ['sqlite'] },
  items: { measure: measureItems, needs: [] },
  'embedded-items': { measure: measureEmbeddedItems, needs: [] },
  growth: { measure: measureGrowth, needs: [] },
  'sign-in': { measure: measureSignIn, needs: [] },
  discovery: { measure: measureDiscovery, needs: [] },
  gateway: { measure: measureGateway, needs: [] },
  'gateway-streams': { measure: measureGatewayStreams, needs: [] },
  'gateway-failover': { measure: measureGatewayFailover, needs: [] },
  start: { measure: measureStart, needs: ['mariadb', 'sqlite'] },
  memory: { measure: measureMemory, needs: [] },
  engine: { measure: measureEngine, needs: [] },
};

const ALL_CELLS = { ...CELLS, ...PEER_CELLS };

/**
 * Many short windows instead of a few long ones, because a shared machine is slower for seconds at a time and both sides
 * of a ratio must run under the same conditions. Percentiles at a low rate need long windows.
 */
const FULL = {
  quick: false,
  rounds: 15,
  heatSeconds: 2.5,
  warmUpSeconds: 0.1,
  windowSeconds: 0.5,
  latency: { rounds: 5, windowSeconds: 3 },
  starts: 7,
  largeStarts: 3,
};
const QUICK = {
  quick: true,
  rounds: 1,
  heatSeconds: 0.3,
  warmUpSeconds: 0.1,
  windowSeconds: 0.3,
  latency: { rounds: 1, windowSeconds: 1 },
  starts: 1,
  largeStarts: 1,
};

const commandLine = readCommandLine(Object.keys(CELLS), Object.keys(PEER_CELLS));
const options = commandLine.quick ? QUICK : FULL;
/** Prints for the reader. With --json, only the document goes to standard output. */
const print = commandLine.json ? console.error : console.log;

process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
const machine = describeMachine();
if (commandLine.build) {
  const stdio = ['ignore', commandLine.json ? 2 : 'inherit', 'inherit'];
  execFileSync(join(root, 'node_modules/.bin/nest'), ['build'], { cwd: root, stdio });
}
const directory = await mkdtemp(join(tmpdir(), 'caret-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const load = await LoadGenerator.create(directory);
const registries = new Registries(directory);
const bench = { options, directory, load, registries };
const run = { ...machine, ...options, size: SIZE, pinned: pin(), loadGenerator: load.kind };
const results = {};
print(renderHeader(run));

try {
  const needed = new Set(commandLine.only.flatMap((name) => ALL_CELLS[name].needs));
  for (const engine of needed) {
    bench[engine] = await timed(`filled, ${engine}`, () => registries.get(engine, SIZE.providers));
  }
  for (const name of commandLine.only) {
    const measure = () => ALL_CELLS[name].measure(bench).catch((error) => ({ error: error.message }));
    results[name] = await timed(name, measure);
    const { error, text } = results[name];
    print(`\n${error ? `## ${name}: not measured\n\n${error}` : (text ?? renderTable(results[name]))}`);
  }
} finally {
  await registries.close();
}

/** Prints to standard error how long a step took, because a run is long. */
async function timed(name, step) {
  const begin = performance.now();
  const result = await step();
  console.error(`${name}: ${Math.round((performance.now() - begin) / 1000)} s`);
  return result;
}

const document = `${JSON.stringify({ run, results }, null, 2)}\n`;
const folder = fileURLToPath(new URL('results/', import.meta.url));
const file = join(folder, `${machine.date.replaceAll(':', '-')}.json`);
await mkdir(folder, { recursive: true });
await writeFile(file, document);
print(`\nEvery sample: ${file}`);
if (commandLine.json) await new Promise((resolve) => process.stdout.write(document, resolve));
process.exit(Object.values(results).some(({ error }) => error) ? 1 : 0);
