const NAME = /^([0-9a-f-]{36})-(\d{1,9})\.jsonl$/;

/** The name of a file of a journal. */
export function segmentName(journalId: string, segment: number): string {
  return `${journalId}-${segment}.jsonl`;
}

/** Returns null for the name of any other file. */
export function parseSegmentName(name: string): { journalId: string; segment: number } | null {
  const [, journalId, segment] = NAME.exec(name) ?? [];
  return journalId === undefined ? null : { journalId, segment: Number(segment) };
}
