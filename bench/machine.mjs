import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where and on what a run was made: figures of two runs with different ones cannot be compared. */
export function describeMachine() {
  return {
    date: new Date().toISOString(),
    commit: commit(),
    node: process.version,
    processor: `${cpus().length} × ${cpus()[0].model}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    loadAverage: loadavg().map((value) => Number(value.toFixed(2))),
  };
}

/** `+` says that the tree differs from the commit. */
function commit() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') ? '+' : '');
  } catch {
    return 'unknown';
  }
}
