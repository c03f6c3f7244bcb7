import { access, chmod, link, mkdtemp, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const LINKS_UNSUPPORTED: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Creates a file of mode 0600. `write` fills a draft, which is empty at first and alone in its folder. The file appears
 * complete or not at all, survives a power cut, and never replaces an existing one. Throws EEXIST, another error of the
 * file system, or what `write` throws.
 */
export async function createFile(path: string, write: (draft: string) => Promise<void>): Promise<void> {
  // A folder of its own, because SQLite may leave a journal beside the draft.
  const folder = await mkdtemp(draftPrefix(path));
  const draft = join(folder, basename(path));
  try {
    await writeFile(draft, '', { flag: 'wx', mode: 0o600 });
    await write(draft);
    await chmod(draft, 0o600);
    await sync(draft, 'r+');
    await moveWithoutReplacing(draft, path);
    // Windows opens no directories.
    if (process.platform !== 'win32') await sync(dirname(path), 'r');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes the drafts of a file that killed processes left. The caller must be the only one that creates the file. */
export async function removeDrafts(path: string): Promise<void> {
  const names = await readdir(dirname(path)).catch(() => []);
  const drafts = names.filter((name) => name.startsWith(basename(draftPrefix(path))));
  for (const name of drafts) await rm(join(dirname(path), name), { recursive: true, force: true });
}

function draftPrefix(path: string): string {
  return `${path}.tmp-`;
}

/** Uses a hard link, which fails if the name is taken. A rename would replace the file. */
async function moveWithoutReplacing(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
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
