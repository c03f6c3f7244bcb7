import { closeSync, openSync, readSync } from 'node:fs';
import { isIntentLine, isReadableHeader, type JournalLine, parseJournalLine } from '../journal/journal-line';
import type { JournalPosition } from '../journal/journal-position';

/** The most that is read in one step. Far more than the longest line. */
const MAX_READ_BYTES = 2 ** 20;

const NEWLINE = 0x0a;

/** Whole lines of a segment. */
export interface ReadLines {
  readonly lines: readonly { readonly line: JournalLine; readonly end: JournalPosition }[];
  /** Lines that are not of this format. */
  readonly rejected: readonly string[];
  readonly end: JournalPosition;
  /** Whether the segment has no further whole line now. */
  readonly isAtEnd: boolean;
}

/** Returns whether the first line of a file is one that this version can read, or null if it has no whole line. */
export function readHeader(path: string): boolean | null {
  const bytes = read(path, 0);
  const end = bytes.indexOf(NEWLINE);
  return end < 0 ? null : isReadableHeader(bytes.toString('utf8', 0, end));
}

/**
 * Reads whole lines from a position, up to `maxRows` rows. A line longer than a read is rejected.
 *
 * @param skipsIntents leaves out intents, unread
 */
export function readLines(
  path: string,
  from: JournalPosition,
  maxRows: number,
  skipsIntents = false,
): ReadLines {
  const bytes = read(path, from.offset);
  const lines: { line: JournalLine; end: JournalPosition }[] = [];
  const rejected: string[] = [];
  let rows = 0;
  let start = 0;
  while (rows < maxRows) {
    const newline = bytes.indexOf(NEWLINE, start);
    if (newline < 0) break;
    const text = bytes.toString('utf8', start, newline);
    const isHeader = from.offset === 0 && start === 0;
    start = newline + 1;
    if (isHeader || (skipsIntents && isIntentLine(text))) continue;
    const line = parseJournalLine(text);
    const end = { segment: from.segment, offset: from.offset + start };
    if (line === null) rejected.push(text);
    else lines.push({ line, end });
    if (line !== null && !('intent' in line)) rows += 1;
  }
  if (start === 0 && bytes.length === MAX_READ_BYTES) {
    rejected.push(bytes.toString('latin1', 0, 1000));
    start = bytes.length;
  }
  const end = { segment: from.segment, offset: from.offset + start };
  return { lines, rejected, end, isAtEnd: rows < maxRows && bytes.length < MAX_READ_BYTES };
}

/** Returns what follows the last whole line of a file. */
export function readTail(path: string, offset: number): string {
  return read(path, offset).toString('utf8');
}

function read(path: string, offset: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(MAX_READ_BYTES);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, offset));
  } finally {
    closeSync(descriptor);
  }
}
