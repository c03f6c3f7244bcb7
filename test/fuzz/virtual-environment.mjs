import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const FOLDER = fileURLToPath(new URL('.venv/', import.meta.url));
const INSTALLED = join(FOLDER, 'installed.txt');

/** Where `schemathesis` is: installed on the first run, and anew where the pinned versions have changed. */
export function installedSchemathesis() {
  const pinned = readFileSync(REQUIREMENTS, 'utf8');
  if (installed() !== pinned) {
    console.log('Installing schemathesis into test/fuzz/.venv …');
    rmSync(FOLDER, { recursive: true, force: true });
    run('python3', '-m', 'venv', FOLDER);
    run(join(FOLDER, 'bin/pip'), 'install', '--quiet', '--no-deps', '--requirement', REQUIREMENTS);
    // Last, so that what was cut short is not taken for a whole one.
    writeFileSync(INSTALLED, pinned);
  }
  return join(FOLDER, 'bin/schemathesis');
}

function installed() {
  try {
    return readFileSync(INSTALLED, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function run(file, ...args) {
  execFileSync(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
