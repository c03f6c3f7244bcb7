import { fileURLToPath } from 'node:url';
import { Program } from './program.mjs';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Starts the service in its production configuration. Its log goes to /dev/null. */
export function startService({ env, directory }) {
  return Program.start([MAIN], {
    cwd: directory,
    env: { HOST: '127.0.0.1', PORT: '0', SHUTDOWN_DELAY_SECONDS: '0', ...env },
  });
}
