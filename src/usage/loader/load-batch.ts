import type { JournalPosition } from '../journal/journal-position';
import type { StoredResponse, UsageRecord } from '../usage-record';
import type { ReadLines } from './segment-reader';

/** The most rows of one transaction. */
export const MAX_ROWS = 500;

/** The rows of a part of a journal, and where that part ends. */
export interface LoadBatch {
  readonly journalId: string;
  readonly rows: readonly UsageRecord[];
  readonly responses: readonly StoredResponse[];
  readonly end: JournalPosition;
}

export function toLoadBatch(journalId: string, { lines, end }: Pick<ReadLines, 'lines' | 'end'>): LoadBatch {
  const rows: UsageRecord[] = [];
  const responses: StoredResponse[] = [];
  for (const { line } of lines) {
    if ('settle' in line) rows.push(line.settle);
    else if ('response' in line) responses.push(line.response);
  }
  return { journalId, rows, responses, end };
}
