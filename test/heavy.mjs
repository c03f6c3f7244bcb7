/**
 * Runs the heavy suites one after another, to the extent that a CI run has time for. Each is a command in package.json.
 * The last line is the sum of their last lines.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SUITES = [
  ['test:mutation'],
  ['test:faults'],
  ['test:cluster'],
  ['test:sdk'],
  // The default of the command is 2,000 cases for each operation.
  ['test:fuzz', '--', '--max-examples', '50'],
];

const root = fileURLToPath(new URL('..', import.meta.url));
const total = { passed: 0, failed: 0, skipped: 0 };
for (const [script, ...args] of SUITES) {
  const started = Date.now();
  const { exitCode, output } = await run(script, args);
  const counts = lastCounts(output);
  if (exitCode !== 0 && counts.failed === 0) counts.failed = 1;
  for (const name of Object.keys(total)) total[name] += counts[name];
  console.log(`${script}: ${closingLine(counts)}, ${Math.round((Date.now() - started) / 1000)} s\n`);
}
process.exitCode = total.failed > 0 ? 1 : 0;
console.log(closingLine(total));

async function run(script, args) {
  const child = spawn('npm', ['run', '--silent', script, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    process.stdout.write(text);
    output += text;
  });
  const [exitCode] = await once(child, 'close');
  return { exitCode, output };
}

/** Parses the closing line of a suite. A suite without one has failed. */
function lastCounts(output) {
  const pattern = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm;
  const [, passed, failed, skipped] = [...output.matchAll(pattern)].at(-1) ?? [null, 0, 1, 0];
  return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped ?? 0) };
}

function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
