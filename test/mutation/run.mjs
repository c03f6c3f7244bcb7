/**
 * Removes one guard at a time and expects its specs to fail, after they have passed with it. Works on a copy. Arguments
 * select guards by a part of their names. The last line is the sum; each guard counts as one test.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GUARDS } from './guards.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const words = process.argv.slice(2);
const selected = GUARDS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
const copy = await copyTree();
let failed = 0;
try {
  for (const guard of selected) {
    const result = await testGuard(guard);
    if (result.passed) console.log(`detected without ${guard.name}: ${result.reason}`);
    else console.log(`NOT DETECTED: ${guard.name}: ${result.reason}`);
    if (!result.passed) failed += 1;
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
if (selected.length === 0)
  console.log(`No guard has that name. The names are: ${GUARDS.map(({ name }) => name).join(', ')}`);
process.exitCode = failed > 0 || selected.length === 0 ? 1 : 0;
console.log(`${selected.length - failed} passed, ${failed} failed`);

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

async function testGuard(guard) {
  const file = join(copy, guard.file);
  const source = await readFile(file, 'utf8');
  const missing = guard.edits.find(([from]) => source.split(from).length !== 2);
  if (missing)
    return { passed: false, reason: `${guard.file} does not contain this exactly once: ${missing[0]}` };
  const before = await runSpecs(guard);
  if (before.failures.length > 0)
    return { passed: false, reason: `fails with the guard: ${before.failures[0]}` };
  if (before.passed === 0) return { passed: false, reason: 'no test ran' };
  await writeFile(
    file,
    guard.edits.reduce((text, [from, to]) => text.replace(from, () => to), source),
  );
  const { failures } = await runSpecs(guard);
  await writeFile(file, source);
  return failures.length > 0
    ? { passed: true, reason: `${failures.length} failed, first “${failures[0]}”` }
    : { passed: false, reason: `${guard.specs.join(', ')} still pass` };
}

async function runSpecs({ project, specs }) {
  const outputFile = join(copy, 'result.json');
  const jest = join(copy, 'node_modules/jest/bin/jest.js');
  const args = [...specs, '--silent', '--json', `--outputFile=${outputFile}`, '--maxWorkers=100%'];
  // --selectProjects comes last, because Jest reads every word after it as a project name.
  const child = spawn(process.execPath, [jest, ...args, '--selectProjects', project], {
    cwd: copy,
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
