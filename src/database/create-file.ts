import { randomBytes } from 'node:crypto';
import { access, link, open, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const LINKS_UNSUPPORTED: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Creates a file of mode 0600. `write` fills a draft in the same directory, which is empty at first. The file appears
 * complete or not at all, survives a power cut, and never replaces an existing one. Throws EEXIST, another error of the
 * file system, or what `write` throws.
 */
export async function createFile(path: string, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(draft, '', { flag: 'wx', mode: 0o600 });
    await write(draft);
    await sync(draft, 'r+');
    await moveWithoutReplacing(draft, path);
    // Windows opens no directories.
    if (process.platform !== 'win32') await sync(dirname(path), 'r');
  } finally {
    await rm(draft, { force: true });
  }
}

/** Uses a hard link, which fails if the name is taken. A rename would replace the file. */
async function moveWithoutReplacing(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
    await unlink(draft);
  } catch (error) {
    if (!LINKS_UNSUPPORTED.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) throw Object.assign(new Error('The file exists.'), { code: 'EEXIST' });
    await rename(draft, path);
  }
}

async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
