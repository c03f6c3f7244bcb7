import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installOnce } from '../support/install-once.mjs';

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const FOLDER = fileURLToPath(new URL('.venv/', import.meta.url));

/** Path of `schemathesis`, installed in the pinned versions. */
export async function installedSchemathesis() {
  await installOnce(FOLDER, readFileSync(REQUIREMENTS, 'utf8'), () => {
    console.log('Installing schemathesis into test/fuzz/.venv …');
    run('python3', '-m', 'venv', FOLDER);
    run(join(FOLDER, 'bin/pip'), 'install', '--quiet', '--no-deps', '--requirement', REQUIREMENTS);
  });
  return join(FOLDER, 'bin/schemathesis');
}

function run(file, ...args) {
  execFileSync(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
