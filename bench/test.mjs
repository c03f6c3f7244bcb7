/** Runs the tests of the benchmark. Arguments select files by a part of their names. The last line is the sum. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(here, { recursive: true })
  .filter((name) => name.endsWith('.test.mjs') && words.every((word) => name.includes(word)))
  .map((name) => join(here, name));

const total = { passed: 0, failed: 0, skipped: 0 };
// One file at a time, because the files measure times.
for await (const { type, data } of run({ files, concurrency: false })) {
  if (type !== 'test:pass' && type !== 'test:fail') continue;
  const outcome = type === 'test:fail' ? 'failed' : data.skip === undefined ? 'passed' : 'skipped';
  if (data.details.type !== 'suite' || outcome === 'skipped') total[outcome] += 1;
  console.log(`${'  '.repeat(data.nesting)}${outcome}: ${data.name}`);
  if (outcome === 'failed' && data.details.type !== 'suite') console.log(inspect(data.details.error));
}
if (total.passed + total.failed === 0) {
  console.error('No test ran.');
  total.failed = 1;
}
const { passed, failed, skipped } = total;
process.exitCode = failed > 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
