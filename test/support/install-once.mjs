import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Fills a folder with `install`, on the first run and again when `pinned` (a lock file's text) has changed. The folder
 * is empty when `install` starts.
 */
export async function installOnce(folder, pinned, install) {
  const stamp = join(folder, 'installed.txt');
  if ((await textOf(stamp)) === pinned) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await install();
  // Last, so that an interrupted installation does not count as complete.
  await writeFile(stamp, pinned);
}

async function textOf(file) {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
