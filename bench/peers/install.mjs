import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'caret-bench');

/** A peer cannot be installed. Its message is the reason, for the table. */
export class NotInstalled extends Error {}

/**
 * Returns the directory of a peer of an exact version. Installs it the first time with `fill(directory)`, which may take
 * minutes. Rejects with `NotInstalled` on failure; the next run tries again.
 */
export async function installed(name, fill) {
  const directory = join(CACHE, name);
  const complete = join(directory, '.complete');
  if (existsSync(complete)) return directory;
  console.error(`Installing ${name} in ${directory}, which takes minutes the first time`);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  try {
    await fill(directory);
  } catch (error) {
    throw error instanceof NotInstalled ? error : new NotInstalled(error.message, { cause: error });
  }
  await writeFile(complete, '');
  return directory;
}

/** Runs one command of an installation and returns its standard output. Rejects with `NotInstalled`. */
export async function command(file, args, { cwd, env = {} } = {}) {
  try {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 2 ** 20 };
    return (await execute(file, args, options)).stdout;
  } catch (error) {
    if (error.code === 'ENOENT') throw new NotInstalled(`\`${file}\` is not installed`, { cause: error });
    const said = `${error.stderr || error.stdout || ''}`.trim().split('\n').at(-1);
    throw new NotInstalled(`\`${file} ${args[0]}\`: ${said || error.message}`, { cause: error });
  }
}
