import { isJsonObject } from '../../common/json-object';
import type { AttemptIntent, AttemptOutcome, StoredResponse, UsageRecord } from '../usage-record';

/** The format of a journal. A file of another version is left alone. */
const JOURNAL_VERSION = 1;

/** Longer rows lose their vendor's usage object, warnings and tags, so that every line fits into one read. */
const MAX_ROW_CHARACTERS = 64 * 1024;

/** A line of a journal. Each is a JSON object with one member that names its kind. */
export type JournalLine =
  | { readonly intent: AttemptIntent }
  | { readonly settle: UsageRecord }
  | { readonly response: StoredResponse };

/** The first line of every segment. */
export function headerLine(journalId: string, segment: number): string {
  return `${JSON.stringify({ caret_journal: JOURNAL_VERSION, journal: journalId, segment })}\n`;
}

const INTENT_START = '{"intent":';

/** @param intent an {@link AttemptIntent} as JSON */
export function intentLine(intent: string): string {
  return `${INTENT_START}${intent}}\n`;
}

/** Whether a line is one of an intent, by its start. */
export function isIntentLine(text: string): boolean {
  return text.startsWith(INTENT_START);
}

/** @param json the intent as JSON, which most attempts keep from their first line */
export function settleLine(intent: AttemptIntent, json: string, outcome: AttemptOutcome): string {
  const members = `${json.slice(0, -1)},${JSON.stringify(outcome).slice(1)}`;
  if (members.length <= MAX_ROW_CHARACTERS) return `{"settle":${members}}\n`;
  const record: UsageRecord = { ...intent, ...outcome, usage: null, warnings: null, tags: null };
  return `{"settle":${JSON.stringify(record)}}\n`;
}

export function responseLine(response: StoredResponse): string {
  return `{"response":${JSON.stringify(response)}}\n`;
}

/** Whether a line is the first line of a segment that this version can read. */
export function isReadableHeader(text: string): boolean {
  return parseObject(text)?.['caret_journal'] === JOURNAL_VERSION;
}

/** Returns null for a line that no process of this version wrote. */
export function parseJournalLine(text: string): JournalLine | null {
  const object = parseObject(text);
  const value = object?.['intent'] ?? object?.['settle'] ?? object?.['response'];
  if (!isJsonObject(value)) return null;
  const id = value['id'] ?? value['responseId'];
  return typeof id === 'string' && typeof value['accountId'] === 'string'
    ? (object as unknown as JournalLine)
    : null;
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
