import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { newId } from '../../../src/common/ids';
import { loadConfig } from '../../../src/config/config';
import { headerLine, responseLine } from '../../../src/usage/journal/journal-line';
import { journalRoot } from '../../../src/usage/journal/journal-slots';
import { segmentName } from '../../../src/usage/journal/segment-name';
import type { AttemptIntent, UsageRecord } from '../../../src/usage/usage-record';
import type { TestDatabase } from '../database/database';

export const journalLines = {
  intentLine: (intent: AttemptIntent): string => `{"intent":${JSON.stringify(intent)}}\n`,
  settleLine: (record: UsageRecord): string => `{"settle":${JSON.stringify(record)}}\n`,
  responseLine,
};

/** Writes a segment as a process that was killed would have left it. Returns the id of its journal. */
export function writeSegment(
  database: TestDatabase,
  lines: readonly string[],
  { slot = 0, segment = 1, journalId = newId() } = {},
): string {
  const path = segmentPath(database, journalId, segment, slot);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, headerLine(journalId, segment) + lines.join(''));
  return journalId;
}

export function segmentPath(database: TestDatabase, journalId: string, segment = 1, slot = 0): string {
  return join(rootOf(database), String(slot), segmentName(journalId, segment));
}

/** Returns the names of all segments of a database. */
export function segmentsOf(database: TestDatabase): string[] {
  const names = readdirSync(rootOf(database), { recursive: true, encoding: 'utf8' });
  return names.map((name) => basename(name)).filter((name) => /^[0-9a-f-]{36}-\d+\.jsonl/.test(name));
}

/** Returns what could not be loaded. */
export function setAsideOf(database: TestDatabase): { reason: string; text: string }[] {
  const text = readFileSync(join(rootOf(database), 'set-aside.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function rootOf(database: TestDatabase): string {
  return journalRoot(
    loadConfig({ ...database.env, ENCRYPTION_KEYS: `k:${Buffer.alloc(32).toString('base64')}` }),
  );
}
