import { existsSync } from 'node:fs';
import type { Environment } from './config';

/** The process's environment with a `.env` file beneath it: what is set outside wins. */
export function processEnvironment(file = '.env'): Environment {
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}
