/**
 * The fuzz command. Starts Caret like an operator, with an embedded database and without access to other machines, and
 * sends requests that openapi.json allows and forbids, through Schemathesis. Options: --max-examples N (cases for each
 * operation beside the fixed ones, default 2000), --seed N (printed; makes a run repeatable), --only a,b (operation ids),
 * --no-build. Needs Python 3.10 or newer with venv. The last line is the sum.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Program } from '../../bench/program.mjs';
import { startLocalUpstream } from './local-upstream.mjs';
import { seedRegistry } from './seed-registry.mjs';
import { installedSchemathesis } from './virtual-environment.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const inRoot = (...parts) => join(root, ...parts);

const { values } = parseArgs({
  options: {
    'max-examples': { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    only: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});

process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
const schemathesis = await installedSchemathesis();
if (!values['no-build'])
  execFileSync(inRoot('node_modules/.bin/nest'), ['build'], { cwd: root, stdio: 'inherit' });
const directory = mkdtempSync(join(tmpdir(), 'caret-fuzz-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

const token = randomBytes(24).toString('hex');
let service;
try {
  service = await startService();
  const ownToken = await seedRegistry(service.url, token);
  console.log(`seed ${values.seed}, ${values['max-examples']} cases for each operation, at ${service.url}`);
  process.exitCode = await fuzz(ownToken);
} catch (error) {
  console.error(`${error.message}\n0 passed, 1 failed`);
  process.exitCode = 1;
} finally {
  await service?.stop();
}

async function startService() {
  return Program.start(['--import', inRoot('test/fuzz/no-names.mjs'), inRoot('dist/main.js')], {
    cwd: directory,
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: directory,
      BOOTSTRAP_TOKEN: token,
      EGRESS_MODE: 'allow',
      EGRESS_ALLOW: '*.example:80',
      EGRESS_PROXY: await startLocalUpstream(),
      TRUST_PROXY: '127.0.0.1',
      SHUTDOWN_DELAY_SECONDS: '0',
    },
  });
}

async function fuzz(ownToken) {
  const files = { report: join(directory, 'report.json'), cases: join(directory, 'cases.json') };
  const only = (values.only?.split(',') ?? []).flatMap((id) => ['--include-operation-id', id]);
  const args = [
    ...['--config-file', inRoot('test/fuzz/schemathesis.toml'), 'run', inRoot('openapi.json')],
    ...['--url', service.url, '--header', `Authorization: Bearer ${token}`, '--no-color'],
    ...['--max-examples', values['max-examples'], '--seed', values.seed, ...only],
    ...['--report', 'json', '--report-json-path', files.report],
  ];
  const child = spawn(schemathesis, args, {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      PYTHONDONTWRITEBYTECODE: '1',
      SCHEMATHESIS_HOOKS: inRoot('test/fuzz/hooks.py'),
      CARET_FUZZ_OWN_TOKEN: ownToken,
      CARET_FUZZ_SEED: values.seed,
      CARET_FUZZ_CASES: files.cases,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [exitCode] = await once(child, 'exit');
  const report = readJson(files.report);
  if (report === null) throw new Error(`schemathesis exited with ${exitCode} before it sent a request`);
  printCases(readJson(files.cases));
  return finish(report, exitCode);
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

function printCases(cases) {
  console.log('\nRequests to each operation:');
  const rows = Object.entries(cases).sort(([one], [other]) => one.localeCompare(other));
  for (const [operation, count] of rows) console.log(`${String(count).padStart(8)}  ${operation}`);
}

/** An untested operation, an error of the tool and an incomplete run are failures too. */
function finish({ operations, test_cases, errors, complete }, exitCode) {
  const untested = operations.selected - operations.tested;
  const found = test_cases.unique_failures + errors.length + untested + (complete ? 0 : 1);
  const failed = found === 0 && exitCode !== 0 ? 1 : found;
  console.log(`\nseed ${values.seed}`);
  console.log(`${test_cases.generated - test_cases.with_failures} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}
