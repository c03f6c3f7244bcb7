import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseSegmentName } from '../journal/segment-name';

/** A file of a journal. */
export interface JournalSegment {
  readonly number: number;
  readonly path: string;
  readonly bytes: number;
}

/** Returns the files of each journal in a folder, in order. An absent folder has none. */
export function findJournals(directory: string): Map<string, JournalSegment[]> {
  const journals = new Map<string, JournalSegment[]>();
  for (const name of namesIn(directory)) {
    const parsed = parseSegmentName(name);
    if (parsed === null) continue;
    const path = join(directory, name);
    const bytes = statSync(path, { throwIfNoEntry: false })?.size;
    if (bytes === undefined) continue;
    const segments = journals.get(parsed.journalId) ?? [];
    segments.push({ number: parsed.segment, path, bytes });
    journals.set(parsed.journalId, segments);
  }
  for (const segments of journals.values()) segments.sort((one, other) => one.number - other.number);
  return journals;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
