import { randomBytes } from 'node:crypto';
import { access, type FileHandle, link, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KeyRingError } from './crypto.errors';
import { KEY_BYTES, type KeyRing, parseKeyRing } from './key-ring';

const MAX_FILE_BYTES = 64 * 1024;
const OWNER_ONLY_MODES: readonly number[] = [0o600, 0o400];
const LINKS_UNSUPPORTED: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Reads a file of `kid:base64` entries, one a line or separated by commas; blank lines and lines that start
 * with `#` are skipped. Null if there is no such file. Throws {@link KeyRingError} if others than its owner may
 * read it (Windows has no such modes) or if an entry is refused. The path is in no message: where a key is set
 * as the path by mistake, it must not be printed.
 */
export async function readKeyFile(path: string): Promise<KeyRing | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new KeyRingError(`the key file cannot be opened (${codeOf(error)})`);
  }
  try {
    return parseKeyRing(entriesOf(await readPrivate(file)));
  } finally {
    await file.close();
  }
}

/**
 * Makes a key file with one new key and returns its ring. The file appears complete and of mode 0600 or not at
 * all, outlives a power cut, and never replaces one that is there. Throws {@link KeyRingError}.
 */
export async function createKeyFile(path: string, now: Date = new Date()): Promise<KeyRing> {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  const keyId = `k${day}-${randomBytes(2).toString('hex')}`;
  const entry = `${keyId}:${randomBytes(KEY_BYTES).toString('base64')}`;
  const ring = parseKeyRing(entry);
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeDurably(draft, `${entry}\n`);
    await publish(draft, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw new KeyRingError(
      codeOf(error) === 'EEXIST'
        ? 'a key file exists already and is never replaced'
        : `the key file cannot be written (${codeOf(error)})`,
    );
  }
  return ring;
}

async function readPrivate(file: FileHandle): Promise<string> {
  // Asked of the open file, not of the path: what was checked is what is read.
  const stat = await file.stat();
  if (!stat.isFile() || stat.size > MAX_FILE_BYTES) throw new KeyRingError('the key file is not a key file');
  const mode = stat.mode & 0o7777;
  if (process.platform !== 'win32' && !OWNER_ONLY_MODES.includes(mode)) {
    throw new KeyRingError(
      `the key file has mode 0${mode.toString(8)}; it must be 0600 or 0400, readable by its owner only`,
    );
  }
  return file.readFile('utf8');
}

function entriesOf(content: string): string {
  const lines = content.split(/\r?\n/).map((line) => line.trim());
  const entries = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (entries.length === 0) throw new KeyRingError('the key file holds no key');
  return entries.join(',');
}

async function writeDurably(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A hard link fails where the name is taken; a rename would replace it. */
async function publish(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
    await unlink(draft);
  } catch (error) {
    if (!LINKS_UNSUPPORTED.includes(codeOf(error))) throw error;
    const taken = await access(path).then(
      () => true,
      () => false,
    );
    if (taken) throw Object.assign(new Error('taken'), { code: 'EEXIST' });
    await rename(draft, path);
  }
}

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
