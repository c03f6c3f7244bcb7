import { fileURLToPath } from 'node:url';
import { Program } from './program.mjs';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The production configuration, log included, whose lines go to /dev/null. */
export function startService({ env, directory }) {
  return Program.start([MAIN], {
    cwd: directory,
    env: { HOST: '127.0.0.1', PORT: '0', SHUTDOWN_DELAY_SECONDS: '0', ...env },
  });
}
