/**
 * Runs the heavy suites in two lanes, to the extent that a CI run has time for. Each is a command in package.json. Prints
 * the output of each suite when it ends. The last line is the sum of their last lines.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The faults suite waits for deadlines most of the time, so its lane takes little from the other. */
const LANES = [
  [
    // The command tests every guard, which takes a quarter of an hour on two cores.
    ['test:mutation', '--', '--sample', '8'],
    ['test:cluster'],
    ['test:sdk'],
    // The default of the command is 2,000 cases for each operation.
    ['test:fuzz', '--', '--max-examples', '50'],
  ],
  [['test:faults']],
];

const root = fileURLToPath(new URL('..', import.meta.url));
const total = { passed: 0, failed: 0, skipped: 0 };
await Promise.all(LANES.map(runLane));
process.exitCode = total.failed > 0 ? 1 : 0;
console.log(closingLine(total));

async function runLane(suites) {
  for (const [script, ...args] of suites) {
    console.log(`${script}: started`);
    const start = Date.now();
    const { exitCode, output } = await run(script, args);
    const counts = lastCounts(output);
    if (exitCode !== 0 && counts.failed === 0) counts.failed = 1;
    for (const name of Object.keys(total)) total[name] += counts[name];
    const seconds = Math.round((Date.now() - start) / 1000);
    console.log(`\n${output}${script}: ${closingLine(counts)}, ${seconds} s\n`);
  }
}

/** Resolves with the output of both streams in the order in which it arrives. */
async function run(script, args) {
  const child = spawn('npm', ['run', '--silent', script, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
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
