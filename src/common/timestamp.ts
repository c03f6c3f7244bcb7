/** Formats a time as RFC 3339 UTC with milliseconds, the only form in the API and in the database. Default: now. */
export function timestamp(at: number | Date = Date.now()): string {
  return new Date(at).toISOString();
}
