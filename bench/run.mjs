/**
 * The one benchmark command: builds the application, measures it against floors beside it, prints tables and writes
 * them with every sample to bench/results/. Options: --quick (one round of short windows), --only a,b (cells by
 * name), --no-build. Ends with 1 where a cell could not be measured; a goal that is not met is only reported.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureEngine } from './cells/engine.mjs';
import { measureLatency } from './cells/latency.mjs';
import { measureEmbeddedList, measureList } from './cells/list.mjs';
import { measureResolve } from './cells/resolve.mjs';
import { measureStart } from './cells/start.mjs';
import { LoadGenerator } from './load-generator/load-generator.mjs';
import { describeMachine } from './machine.mjs';
import { pin } from './program.mjs';
import { renderHeader, renderTable } from './report.mjs';
import { mariadbRegistry, sqliteRegistry } from './service.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const SIZE = { providers: 100, models: 20 };

/** Each cell, and the registries it needs. */
const CELLS = {
  resolve: { measure: measureResolve, needs: ['mariadb'] },
  latency: { measure: measureLatency, needs: ['mariadb'] },
  list: { measure: measureList, needs: ['mariadb'] },
  'embedded-list': { measure: measureEmbeddedList, needs: ['sqlite'] },
  start: { measure: measureStart, needs: ['mariadb', 'sqlite'] },
  engine: { measure: measureEngine, needs: [] },
};

const FULL = { quick: false, rounds: 5, starts: 7, heatSeconds: 1.5, warmUpSeconds: 0.3, windowSeconds: 1.5 };
const QUICK = { quick: true, rounds: 1, starts: 1, heatSeconds: 1, warmUpSeconds: 0.1, windowSeconds: 1 };

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: Object.keys(CELLS).join(',') },
    'no-build': { type: 'boolean', default: false },
  },
});
const wanted = values.only.split(',');
const unknown = wanted.filter((name) => !CELLS[name]);
if (unknown.length > 0)
  throw new Error(`no such cell: ${unknown.join(', ')}; there are ${Object.keys(CELLS).join(', ')}`);
const options = values.quick ? QUICK : FULL;

process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
const machine = describeMachine();
if (!values['no-build'])
  execFileSync(join(root, 'node_modules/.bin/nest'), ['build'], { cwd: root, stdio: 'inherit' });
const directory = await mkdtemp(join(tmpdir(), 'caret-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const load = await LoadGenerator.make(directory);
const bench = { options, directory, load };
const run = { ...machine, ...options, size: SIZE, pinned: pin(), loadGenerator: load.kind };
const results = {};
console.log(renderHeader(run));

try {
  const needed = new Set(wanted.flatMap((name) => CELLS[name].needs));
  if (needed.has('mariadb')) bench.mariadb = await mariadbRegistry(directory, SIZE);
  if (needed.has('sqlite')) bench.sqlite = await sqliteRegistry(directory, SIZE);
  for (const name of wanted) {
    results[name] = await CELLS[name].measure(bench).catch((error) => ({ error: error.message }));
    const { error, text } = results[name];
    console.log(`\n${error ? `## ${name}: not measured\n\n${error}` : (text ?? renderTable(results[name]))}`);
  }
} finally {
  await bench.mariadb?.close();
  await bench.sqlite?.close();
}

const folder = fileURLToPath(new URL('results/', import.meta.url));
const file = join(folder, `${machine.date.replaceAll(':', '-')}.json`);
await mkdir(folder, { recursive: true });
await writeFile(file, `${JSON.stringify({ run, results }, null, 2)}\n`);
console.log(`\nEvery sample: ${file}`);
process.exit(Object.values(results).some(({ error }) => error) ? 1 : 0);
