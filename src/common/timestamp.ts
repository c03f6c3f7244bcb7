/** Now, as RFC 3339 UTC with milliseconds: the one form of time in the API and in the database. */
export function timestamp(at: number | Date = Date.now()): string {
  return new Date(at).toISOString();
}
