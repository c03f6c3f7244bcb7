import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { AppConfig } from './config';

/** The first bytes of every SQLite database (https://sqlite.org/fileformat2.html#magic_header_string). */
const SQLITE_HEADER = 'SQLite format 3\0';

/** Returns the problems of the embedded database's file and its folder. Creates nothing. */
export function storageProblems({ database, dataDir }: Pick<AppConfig, 'database' | 'dataDir'>): string[] {
  if (database.kind !== 'sqlite') return [];
  if (database.variable === 'DATA_DIR') {
    const problem = directoryProblem(dataDir);
    if (problem) return [`DATA_DIR: ${problem}`];
    const fileProblem = databaseFileProblem(database.file);
    return fileProblem ? [`caret.db in DATA_DIR: ${fileProblem}`] : [];
  }
  const problem = databaseFileProblem(database.file);
  if (problem) return [`DATABASE_URL: ${problem}`];
  const folderProblem = directoryProblem(dirname(database.file));
  return folderProblem ? [`DATABASE_URL: the folder of its file ${folderProblem}`] : [];
}

/** Whether an embedded database has no content yet. A missing file counts as empty. */
export function isDatabaseFileEmpty(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

/** Returns why a folder cannot be used or created, or null. */
export function directoryProblem(path: string): string | null {
  const stats = statsOf(path);
  if (typeof stats === 'string') return stats;
  if (stats) return stats.isDirectory() ? accessProblem(path, constants.X_OK) : 'must be a directory';
  if (isDanglingLink(path)) return 'must be a directory, not a link to a path that does not exist';
  const problem = directoryProblem(dirname(path));
  return problem ? 'must be a directory, or one that can be created' : null;
}

/**
 * Creates a folder and its parents, for this user alone. Does not use `recursive`, because below /proc it never returns
 * on Node 20.
 */
export function createDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })) return;
  createDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have created it meanwhile.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

function databaseFileProblem(file: string): string | null {
  const stats = statsOf(file);
  if (typeof stats === 'string') return stats;
  if (!stats) return isDanglingLink(file) ? 'is a link to a file that does not exist' : null;
  if (stats.isDirectory()) return 'is a directory; must be a file';
  if (!stats.isFile()) return 'must be a regular file';
  return accessProblem(file) ?? contentProblem(file);
}

/** Returns null if the path does not exist, and a problem if it cannot be read. */
function statsOf(path: string): Stats | string | null {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    return code === 'ENOTDIR' ? 'must not be below a file' : `cannot be read (${code})`;
  }
}

function accessProblem(path: string, more = 0): string | null {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | more);
    return null;
  } catch (error) {
    return `cannot be written (${(error as NodeJS.ErrnoException).code}); Caret's user needs read and write access`;
  }
}

function isDanglingLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/**
 * Returns why a file is not a database, or null if it is one or is empty. A file below /proc has a content although its
 * size is 0.
 */
export function contentProblem(file: string): string | null {
  const header = Buffer.alloc(SQLITE_HEADER.length);
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const length = readSync(descriptor, header, 0, header.length, null);
      return length === 0 || header.toString('latin1') === SQLITE_HEADER ? null : 'is not an SQLite database';
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return `cannot be read (${(error as NodeJS.ErrnoException).code})`;
  }
}
