import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

export interface MariadbBinaries {
  readonly server: string;
  readonly install: string;
}

/** Debian puts the server in /usr/sbin, which is not on every user's PATH. */
const SYSTEM_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec', '/usr/bin', '/usr/local/bin'];

/** Finds MariaDB's programs. Returns null on a machine without them. */
export function findMariadb(searchPath = process.env['PATH'] ?? ''): MariadbBinaries | null {
  const directories = [...searchPath.split(':').filter(Boolean), ...SYSTEM_DIRECTORIES];
  const locate = (name: string) => directories.map((directory) => join(directory, name)).find(isExecutable);
  const server = locate('mariadbd');
  const install = locate('mariadb-install-db');
  return server && install ? { server, install } : null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
