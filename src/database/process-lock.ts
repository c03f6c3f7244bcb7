import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StartupError } from '../common/startup-error';
import type { DatabaseConfig } from '../config/database-config';
import { createDirectory } from '../config/storage-check';
import { lockInode } from './inode-lock';
import { SqliteDatabase } from './sqlite-driver';

/** Releases a lock. Further calls do nothing. */
export type Release = () => void;

/**
 * Locks an embedded database against other processes, under every path of its file, and returns the release. Creates the
 * folder. A service also creates the file, because a file has no inode before; the release removes it if it is still
 * empty. See ADR 21. Throws StartupError if another process has the lock or the file cannot be written.
 */
export async function lockDatabaseFile(
  { file, variable }: DatabaseConfig & { kind: 'sqlite' },
  createsFile = true,
): Promise<Release> {
  const releases: Release[] = [];
  const release = (): void =>
    releases
      .splice(0)
      .reverse()
      .forEach((each) => each());
  try {
    createDirectory(dirname(file));
    const path = existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));
    releases.push(lockBeside(path));
    if (!existsSync(path) && createsFile) releases.push(createEmpty(path));
    if (existsSync(path)) releases.push((await lockInode(path)) ?? rejectUse());
    return release;
  } catch (error) {
    release();
    const { code } = error as NodeJS.ErrnoException;
    throw new StartupError(
      code === 'SQLITE_BUSY'
        ? `${file} is in use by another Caret process. Stop it first, or use MySQL or MariaDB (DATABASE_URL) to run several.`
        : `${variable}: the folder of the database cannot be created or written (${code}).`,
    );
  }
}

/**
 * Locks a folder against other processes. Returns the release, or null if another process has the lock. Without SQLite,
 * which a server needs not, only {@link lockInode} protects it. Throws the error of the file system.
 */
export async function tryLockDirectory(path: string): Promise<Release | null> {
  const releases: Release[] = [];
  const release = (): void => releases.splice(0).forEach((each) => each());
  try {
    createDirectory(path);
    const releaseInode = await lockInode(path);
    if (releaseInode === null) return null;
    releases.push(releaseInode);
    releases.push(lockBeside(path));
    return release;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'MODULE_NOT_FOUND') return release;
    release();
    if (code === 'SQLITE_BUSY') return null;
    throw error;
  }
}

/**
 * Takes SQLite's exclusive lock on a file beside the database, so that the database stays readable for backups. The
 * operating system drops the lock when the process ends. Throws an error with the code SQLITE_BUSY if it is taken.
 */
function lockBeside(path: string): Release {
  const file = `${path}.lock`;
  // Open until the release, because closing a file drops every lock of the process on it.
  const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK, 0o600);
  let lock: SqliteDatabase | undefined;
  try {
    lock = new SqliteDatabase(file, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    // The previous owner may have removed the file meanwhile, and a third process may have created another one.
    if (statSync(file, { throwIfNoEntry: false })?.ino !== fstatSync(descriptor).ino) rejectUse();
  } catch (error) {
    lock?.close();
    closeSync(descriptor);
    throw error;
  }
  const held = lock;
  return () => {
    rmSync(file, { force: true });
    held.close();
    closeSync(descriptor);
  };
}

function createEmpty(path: string): Release {
  closeSync(openSync(path, 'wx', 0o600));
  return () => {
    if (statSync(path, { throwIfNoEntry: false })?.size === 0) rmSync(path);
  };
}

function rejectUse(): never {
  throw Object.assign(new Error('in use'), { code: 'SQLITE_BUSY' });
}
