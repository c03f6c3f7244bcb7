/** A place in a journal: a byte of one of its segments. */
export interface JournalPosition {
  readonly segment: number;
  readonly offset: number;
}

export function isBefore(one: JournalPosition, other: JournalPosition): boolean {
  return one.segment === other.segment ? one.offset < other.offset : one.segment < other.segment;
}
