import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { AppConfig } from '../../config/config';
import { type Release, tryLockDirectory } from '../../database/process-lock';
import { DRAFT_ENDING } from './segment-file';
import { parseSegmentName } from './segment-name';

/** The most processes that share a folder. */
const MAX_SLOTS = 256;

/** A folder for the journals of one process at a time. */
export interface JournalSlot {
  readonly directory: string;
  readonly hasJournals: boolean;
  readonly release: Release;
}

/** The slot of this process, and those of processes that have ended and left journals. */
export interface JournalSlots {
  readonly own: JournalSlot;
  readonly dead: readonly JournalSlot[];
}

/** Returns the folder of the journals of a database. Several databases may share DATA_DIR. */
export function journalRoot({ dataDir, database }: Pick<AppConfig, 'dataDir' | 'database'>): string {
  const name =
    database.kind === 'sqlite'
      ? basename(database.file)
      : decodeURIComponent(new URL(database.url).pathname.slice(1));
  return join(dataDir, 'usage', encodeURIComponent(name).replace(/^\.+/, '_'));
}

/** Takes the first free slot, and every other free slot with journals. Throws the error of the file system. */
export async function takeSlots(root: string): Promise<JournalSlots> {
  const own = await takeFirst(root);
  const dead: JournalSlot[] = [];
  try {
    for (const name of readdirSync(root).filter((each) => /^\d+$/.test(each))) {
      const directory = join(root, name);
      if (directory === own.directory || !hasJournals(directory)) continue;
      const slot = await take(directory);
      if (slot !== null) dead.push(slot);
    }
    return { own, dead };
  } catch (error) {
    for (const slot of [own, ...dead]) slot.release();
    throw error;
  }
}

async function takeFirst(root: string): Promise<JournalSlot> {
  for (let number = 0; number < MAX_SLOTS; number++) {
    const slot = await take(join(root, String(number)));
    if (slot !== null) return slot;
  }
  throw Object.assign(new Error(`All ${MAX_SLOTS} slots for usage journals are in use.`), { code: 'EAGAIN' });
}

async function take(directory: string): Promise<JournalSlot | null> {
  const release = await tryLockDirectory(directory);
  if (release === null) return null;
  for (const name of readdirSync(directory).filter((each) => each.endsWith(DRAFT_ENDING)))
    rmSync(join(directory, name), { force: true });
  return { directory, hasJournals: hasJournals(directory), release };
}

function hasJournals(directory: string): boolean {
  return readdirSync(directory).some((name) => parseSegmentName(name) !== null);
}
