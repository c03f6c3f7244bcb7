/**
 * Epoch milliseconds of the wall clock, which can step in both directions. Use it only for times that are stored or
 * shown, and to compare with such times. Ages and deadlines use `performance.now()`.
 */
export function wallClock(): number {
  return Date.now();
}

/** Formats a time as RFC 3339 UTC with milliseconds, the only form in the API and in the database. Default: now. */
export function timestamp(at: number | Date = wallClock()): string {
  return new Date(at).toISOString();
}

/** Returns the timestamp of `ms` milliseconds from now. A negative number gives a past time. */
export function timestampIn(ms: number): string {
  return timestamp(wallClock() + ms);
}

/** Whether a stored time is past, by the wall clock. */
export function isPast(time: string): boolean {
  return Date.parse(time) <= wallClock();
}
