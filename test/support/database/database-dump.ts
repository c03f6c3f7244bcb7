import type { Row } from './database';

/** Formats one line per row. */
export function dumpRows(table: string, rows: readonly Row[]): string {
  return rows.map((row) => `${table}: ${Object.entries(row).map(dumpColumn).join(', ')}\n`).join('');
}

function dumpColumn([name, value]: [string, unknown]): string {
  if (!(value instanceof Uint8Array)) return `${name}=${String(value)}`;
  const bytes = Buffer.from(value);
  return `${name}=${bytes.toString('latin1')} (${bytes.toString('hex')})`;
}
