/**
 * The test command. Runs the unit tests and the e2e suite on SQLite, and on MariaDB if it is installed. With
 * CARET_REQUIRE_MARIADB=1, a missing MariaDB is a failure. Passes its arguments to Jest. Names each failed test once
 * more at the end. The last line is the sum.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsImport } from 'tsx/esm/api';

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const root = fileURLToPath(new URL('..', import.meta.url));
const { findMariadb } = await tsImport('./support/database/mariadb-binaries.ts', import.meta.url);
const jestArguments = process.argv.slice(2);
const hasMariadb = findMariadb() !== null;

if (!hasMariadb && process.env.CARET_REQUIRE_MARIADB === '1') {
  console.error(
    'MariaDB is required (CARET_REQUIRE_MARIADB=1), but mariadbd was not found. Install the package mariadb-server.',
  );
  finish({ passed: 0, failed: 1, skipped: 0 });
}

for (const projects of selections()) {
  const start = Date.now();
  add(await runJest(projects));
  if (projects.length > 0) console.log(`${projects.slice(1).join(', ')}: ${secondsSince(start)} s`);
}
if (total.passed + total.failed === 0) {
  console.error('No test ran.');
  total.failed = 1;
}
if (!hasMariadb) {
  console.log(
    'SKIPPED the e2e suite on MariaDB, because mariadbd was not found. Install the package mariadb-server to run it.',
  );
}
finish(total);

function hasOption(...names) {
  return jestArguments.some((argument) =>
    names.some((name) => argument === name || argument.startsWith(`${name}=`)),
  );
}

/** One Jest run for each database, because shared workers would let the faults of one suite slow the other. */
function selections() {
  if (hasOption('--selectProjects')) return [[]];
  const embedded = ['--selectProjects', 'unit', 'sqlite'];
  return hasMariadb ? [embedded, ['--selectProjects', 'mariadb']] : [embedded];
}

async function runJest(projects) {
  const directory = await mkdtemp(join(tmpdir(), 'caret-test-'));
  const outputFile = join(directory, 'result.json');
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const workers = hasOption('--maxWorkers', '-w', '--runInBand', '-i') ? [] : ['--maxWorkers=100%'];
  const options = ['--json', `--outputFile=${outputFile}`, '--passWithNoTests', ...workers];
  try {
    // --selectProjects comes last, because Jest reads every word after it as a project name.
    const child = spawn(process.execPath, [jest, ...options, ...jestArguments, ...projects], {
      cwd: root,
      stdio: 'inherit',
    });
    const [exitCode] = await once(child, 'exit');
    const text = await readFile(outputFile, 'utf8').catch(() => '{}');
    return { exitCode, result: JSON.parse(text) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Counts a file that could not run as one failure, and any other reason why Jest failed as well. */
function add({ exitCode, result }) {
  const failed = (result.numFailedTests ?? 0) + (result.numRuntimeErrorTestSuites ?? 0);
  total.passed += result.numPassedTests ?? 0;
  total.skipped += (result.numPendingTests ?? 0) + (result.numTodoTests ?? 0);
  total.failed += failed === 0 && exitCode !== 0 ? 1 : failed;
  failures.push(...failuresOf(result));
}

function failuresOf({ testResults = [] }) {
  return testResults.flatMap(({ name, status, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed').map((test) => test.fullName);
    // A file that could not run has no failed tests.
    const names = status === 'failed' && tests.length === 0 ? ['could not run'] : tests;
    return names.map((test) => `${relative(root, name)}: ${test}`);
  });
}

function secondsSince(start) {
  return Math.round((Date.now() - start) / 1000);
}

function finish({ passed, failed, skipped }) {
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  process.exitCode = failed > 0 ? 1 : 0;
  for (const failure of failures) console.log(`FAILED ${failure}`);
  console.log(line);
  process.exit();
}
