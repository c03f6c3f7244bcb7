import { fileURLToPath } from 'node:url';
import { Program } from './program.mjs';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The default quotas would end the cells that create many providers and models. */
const NO_QUOTAS = { QUOTA_PROVIDERS: '0', QUOTA_MODELS: '0', QUOTA_REGISTRY_MB: '0' };

/** Starts the service in its production configuration without quotas. Its log goes to /dev/null. */
export function startService({ env, directory }) {
  return Program.start([MAIN], {
    cwd: directory,
    env: { HOST: '127.0.0.1', PORT: '0', SHUTDOWN_DELAY_SECONDS: '0', ...NO_QUOTAS, ...env },
  });
}
