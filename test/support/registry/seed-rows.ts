import type { Row, TestDatabase } from '../database/database';

const ROWS_PER_STATEMENT = 100;

let sequence = 0;

/** Copies a stored model `count` times, directly in the database. `nameOf` returns the name of each copy. */
export async function copyModel(
  database: TestDatabase,
  modelId: string,
  count: number,
  nameOf: (index: number) => string,
  changesOf: (index: number) => Row = () => ({}),
): Promise<void> {
  await copyRow(database, 'provider_models', modelId, count, (index) => ({
    model: nameOf(index),
    model_key: `copy-${index}`,
    default_of: null,
    ...changesOf(index),
  }));
}

/** Copies a stored provider `count` times and returns the ids. The keys of the copies do not open. */
export async function copyProvider(
  database: TestDatabase,
  providerId: string,
  count: number,
): Promise<string[]> {
  return copyRow(database, 'providers', providerId, count, (index) => ({
    name: `copy ${index}`,
    name_key: `copy ${index}`,
  }));
}

/** Copies a stored token `count` times and returns the ids. No secret fits a copy, because its id is another one. */
export async function copyToken(
  database: TestDatabase,
  tokenId: string,
  count: number,
  changes: Row = {},
): Promise<string[]> {
  return copyRow(database, 'api_tokens', tokenId, count, () => changes);
}

/** Copies the first audit event of an account `count` times and returns the ids, oldest first. */
export async function copyAuditEvent(
  database: TestDatabase,
  accountId: string,
  count: number,
  changes: Row,
): Promise<string[]> {
  const sql = 'SELECT MIN(id) AS id FROM audit_events WHERE account_id = ?';
  const [first] = await database.query<{ id: string }>(sql, [accountId]);
  return copyRow(database, 'audit_events', first!.id, count, () => changes);
}

/** Returns ids in ascending order, before those of rows that the service creates. */
function nextId(): string {
  sequence += 1;
  return `0193e0a2-0000-7000-8000-${String(sequence).padStart(12, '0')}`;
}

/** Copies a row `count` times and returns the ids. */
export async function copyRow(
  database: TestDatabase,
  table: string,
  id: string,
  count: number,
  changesOf: (index: number) => Row,
): Promise<string[]> {
  const [original] = await database.query(`SELECT * FROM ${table} WHERE id = ?`, [id]);
  const columns = Object.keys(original!);
  const row = `(${columns.map(() => '?').join(', ')})`;
  const ids: string[] = [];
  for (let start = 0; start < count; start += ROWS_PER_STATEMENT) {
    const copies = Array.from({ length: Math.min(ROWS_PER_STATEMENT, count - start) }, (_, index) => {
      const copy: Row = { ...original, id: nextId(), ...changesOf(start + index) };
      ids.push(String(copy['id']));
      return copy;
    });
    await database.query(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${copies.map(() => row).join(', ')}`,
      copies.flatMap((copy) => columns.map((column) => copy[column])),
    );
  }
  return ids;
}
