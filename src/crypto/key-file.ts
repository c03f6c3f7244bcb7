import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { wallClock } from '../common/timestamp';
import { FileError, readSmallFile } from '../config/read-small-file';
import { createFile } from '../database/create-file';
import { KeyRingError } from './crypto.errors';
import { KEY_BYTES, type KeyRing, parseKeyRing } from './key-ring';

export const MAX_KEY_FILE_BYTES = 64 * 1024;
const OWNER_ONLY_MODES: readonly number[] = [0o600, 0o400];

/**
 * Reads a file of `kid:base64` entries, one per line or separated by commas. Skips blank lines and lines that start
 * with `#`. Returns null if the file does not exist. Throws {@link KeyRingError} if an entry is invalid or if other
 * users can read the file (Windows has no such modes). No message contains the path, because an operator may have set
 * a key as the path.
 */
export function readKeyFile(path: string): KeyRing | null {
  const content = readPrivate(path);
  return content === null ? null : parseKeyRing(entriesOf(content));
}

/** One key in the form of a key file. */
export interface NewKey {
  readonly entry: string;
  readonly ring: KeyRing;
}

/** Generates a key whose id contains the day. */
export function generateKey(now: Date = new Date(wallClock())): NewKey {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  const keyId = `k${day}-${randomBytes(2).toString('hex')}`;
  const entry = `${keyId}:${randomBytes(KEY_BYTES).toString('base64')}`;
  return { entry, ring: parseKeyRing(entry) };
}

/**
 * Writes a new key file of mode 0600. The file appears complete or not at all, survives a power cut, and never replaces
 * an existing one. Throws {@link KeyRingError}.
 */
export async function writeKeyFile(path: string, entry: string): Promise<void> {
  try {
    await createFile(path, (draft) => writeFile(draft, `${entry}\n`));
  } catch (error) {
    throw new KeyRingError(
      codeOf(error) === 'EEXIST'
        ? 'a key file exists already and is never replaced'
        : `the key file cannot be written (${codeOf(error)})`,
    );
  }
}

/** Returns null if the file does not exist. */
function readPrivate(path: string): string | null {
  let file: ReturnType<typeof readSmallFile>;
  try {
    file = readSmallFile(path, MAX_KEY_FILE_BYTES);
  } catch (error) {
    if (error instanceof FileError) throw new KeyRingError('must name a file of kid:base64 lines');
    if (codeOf(error) === 'ENOENT') return null;
    throw new KeyRingError(`the key file cannot be opened (${codeOf(error)})`);
  }
  const { mode, text } = file;
  if (process.platform !== 'win32' && !OWNER_ONLY_MODES.includes(mode)) {
    throw new KeyRingError(
      `the key file has mode 0${mode.toString(8)}; it must be 0600 or 0400, readable by its owner only`,
    );
  }
  return text;
}

function entriesOf(content: string): string {
  const lines = content.split(/\r?\n/).map((line) => line.trim());
  const entries = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (entries.length === 0) throw new KeyRingError('the key file contains no key');
  return entries.join(',');
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
