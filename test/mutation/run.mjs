/**
 * Removes one guard at a time and expects its specs to fail, after they have passed with it. Works on copies, one for each
 * lane. Arguments select guards by a part of their names; `--sample N` takes every Nth guard. The last line is the sum;
 * each guard counts as one test.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GUARDS } from './guards.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals: words } = parseArgs({
  options: { sample: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const selected = GUARDS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
const lanes = await Promise.all(Array.from({ length: availableParallelism() }, copyTree));
/** The failures of specs with every guard, by project and specs, because guards share specs. */
const baselines = new Map();
const outcomes = [];
try {
  // A guard whose code has changed would remove nothing. This is quick, so no sample leaves it out.
  const waiting = [];
  for (const [index, guard] of selected.entries()) {
    const missing = await missingEdit(guard);
    if (missing !== undefined) report(guard, { passed: false, reason: missing });
    else if (index % Number(values.sample) === 0) waiting.push(guard);
  }
  await Promise.all(
    lanes.map(async (lane) => {
      for (let guard; (guard = waiting.shift());) report(guard, await testGuard(guard, lane));
    }),
  );
} finally {
  await Promise.all(lanes.map((lane) => rm(lane, { recursive: true, force: true })));
}
if (selected.length === 0)
  console.log(`No guard has that name. The names are: ${GUARDS.map(({ name }) => name).join(', ')}`);
const failed = outcomes.filter((passed) => !passed).length;
process.exitCode = failed > 0 || selected.length === 0 ? 1 : 0;
console.log(`${outcomes.length - failed} passed, ${failed} failed`);

/** Copies every tracked file and every file that git would add, so that uncommitted work is tested too. */
async function copyTree() {
  const directory = await mkdtemp(join(tmpdir(), 'caret-mutation-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  for (const file of listed.toString().split('\0').filter(Boolean)) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await cp(join(root, file), join(directory, file));
  }
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  return directory;
}

function report({ name }, { passed, reason }) {
  outcomes.push(passed);
  console.log(`${passed ? 'detected without' : 'NOT DETECTED:'} ${name}: ${reason}`);
}

async function missingEdit({ file, edits }) {
  const source = await readFile(join(root, file), 'utf8');
  const missing = edits.find(([from]) => source.split(from).length !== 2);
  return missing && `${file} does not contain this exactly once: ${missing[0]}`;
}

async function testGuard(guard, lane) {
  const key = JSON.stringify([guard.project, guard.specs]);
  if (!baselines.has(key)) baselines.set(key, runSpecs(guard, lane));
  const before = await baselines.get(key);
  if (before.failures.length > 0)
    return { passed: false, reason: `fails with the guard: ${before.failures[0]}` };
  if (before.passed === 0) return { passed: false, reason: 'no test ran' };
  const file = join(lane, guard.file);
  const source = await readFile(file, 'utf8');
  await writeFile(
    file,
    guard.edits.reduce((text, [from, to]) => text.replace(from, () => to), source),
  );
  const { failures } = await runSpecs(guard, lane);
  await writeFile(file, source);
  return failures.length > 0
    ? { passed: true, reason: `${failures.length} failed, first “${failures[0]}”` }
    : { passed: false, reason: `${guard.specs.join(', ')} still pass` };
}

async function runSpecs({ project, specs }, lane) {
  const outputFile = join(lane, 'result.json');
  const jest = join(lane, 'node_modules/jest/bin/jest.js');
  const args = [...specs, '--silent', '--json', `--outputFile=${outputFile}`, '--runInBand'];
  // --selectProjects comes last, because Jest reads every word after it as a project name.
  const child = spawn(process.execPath, [jest, ...args, '--selectProjects', project], {
    cwd: lane,
    stdio: 'ignore',
  });
  await once(child, 'exit');
  const { testResults = [], numPassedTests = 0 } = JSON.parse(
    await readFile(outputFile, 'utf8').catch(() => '{}'),
  );
  await rm(outputFile, { force: true });
  const failures = testResults.flatMap(({ status, name, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed').map(({ fullName }) => fullName);
    return status === 'failed' && tests.length === 0 ? [`${name} did not run`] : tests;
  });
  return { failures, passed: numPassedTests };
}
