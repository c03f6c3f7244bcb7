import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ENGINE = fileURLToPath(new URL('../engine/run.mjs', import.meta.url));

/** Measures the routing engine alone in its own process, which prints its tables. */
export async function measureEngine({ options }) {
  const args = options.quick ? ['--quick'] : [];
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', ENGINE, ...args]);
  return { text: stdout.trim() };
}
