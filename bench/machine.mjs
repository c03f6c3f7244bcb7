import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Describes the machine and software of a run. Only runs with the same description are comparable. */
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

/** Returns the commit, with `+` for a modified working tree. */
function commit() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') ? '+' : '');
  } catch {
    return 'unknown';
  }
}
