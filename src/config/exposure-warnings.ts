import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type AppConfig, isLoopback } from './config';
import type { ConfigWarning } from './config-warning';

/** Read and write for users who are neither the owner nor in the group. */
const WORLD_ACCESS = 0o006;

/** Warns of valid settings of a service that expose its traffic or its files to others. */
export function exposureWarnings(config: AppConfig): ConfigWarning[] {
  return [...networkWarnings(config), ...folderWarnings(config)];
}

function networkWarnings({ host, trustProxy, database }: AppConfig): ConfigWarning[] {
  const warnings: ConfigWarning[] = [];
  if (!isLoopback(host) && trustProxy.length === 0) {
    const text = `HOST=${host} serves plain HTTP to other machines; put a proxy with TLS in front and name it in TRUST_PROXY`;
    warnings.push({ variable: 'TRUST_PROXY', text });
  }
  if (
    database.kind !== 'sqlite' &&
    database.tls === null &&
    !isLoopback(database.host.replace(/^\[|\]$/g, ''))
  ) {
    const text =
      'DATABASE_TLS=off sends everything to the database in clear; set DATABASE_TLS to system or to a PEM file';
    warnings.push({ variable: 'DATABASE_TLS', text });
  }
  return warnings;
}

/** Each folder once. A folder that does not exist yet is created for its owner alone. Windows has no such modes. */
function folderWarnings({ dataDir, database }: AppConfig): ConfigWarning[] {
  const folders = new Map([[dataDir, 'DATA_DIR']]);
  if (database.kind === 'sqlite') folders.set(dirname(database.file), database.variable);
  if (process.platform === 'win32') return [];
  return [...folders].flatMap(([folder, variable]) => {
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (!stats || (stats.mode & WORLD_ACCESS) === 0) return [];
    const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
    const text = `${variable}: every user of this machine has access to the folder ${folder} (mode ${mode}); set its mode to 0700`;
    return [{ variable, text }];
  });
}
