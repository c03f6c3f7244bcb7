import type { EntityManager, EntityMetadata } from 'typeorm';
import { isUniqueViolation } from './database-errors';

/** Inserts whole rows in one statement, without TypeORM's several passes over every column: see ADR 7. */
export async function insertRows<T extends object>(
  manager: EntityManager,
  entity: new () => T,
  rows: readonly T[],
): Promise<void> {
  const { driver } = manager.dataSource;
  const { columns, tableName } = manager.dataSource.getMetadata(entity);
  const names = columns.map(({ databaseName }) => driver.escape(databaseName)).join(', ');
  const row = `(${placeholders(columns)})`;
  const values = rows.flatMap((each) =>
    columns.map((column) => driver.preparePersistentValue(column.getEntityValue(each), column) as unknown),
  );
  await manager.query(
    `INSERT INTO ${driver.escape(tableName)} (${names}) VALUES ${rows.map(() => row).join(', ')}`,
    values,
  );
}

/** Inserts a row. Returns false if its unique values are taken. */
export async function tryInsertRow<T extends object>(
  manager: EntityManager,
  entity: new () => T,
  row: T,
): Promise<boolean> {
  try {
    await insertRows(manager, entity, [row]);
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** Returns the row that matches `key`, or null. */
export async function findRow<T extends object>(
  manager: EntityManager,
  entity: new () => T,
  key: Partial<T>,
): Promise<T | null> {
  const metadata = manager.dataSource.getMetadata(entity);
  const where = equalities(manager, metadata, key);
  const [row] = await findRowsWhere(manager, entity, where.assignments.join(' AND '), where.values);
  return row ?? null;
}

/** Returns the rows with these ids, in any order. */
export async function findRowsById<T extends { id: string }>(
  manager: EntityManager,
  entity: new () => T,
  ids: readonly string[],
): Promise<T[]> {
  return findRowsWhere(manager, entity, `id IN (${placeholders(ids)})`, ids);
}

/** Returns the rows that match `condition`, SQL with a `?` for each value. `ORDER BY` and `LIMIT` may follow in it. */
export async function findRowsWhere<T extends object>(
  manager: EntityManager,
  entity: new () => T,
  condition: string,
  values: readonly unknown[],
): Promise<T[]> {
  const { driver } = manager.dataSource;
  const { columns, tableName } = manager.dataSource.getMetadata(entity);
  const sql = `SELECT * FROM ${driver.escape(tableName)} WHERE ${condition}`;
  const rows = await manager.query<Record<string, unknown>[]>(sql, [...values]);
  return rows.map((row) => {
    const found = new entity();
    for (const column of columns)
      column.setEntityValue(found, driver.prepareHydratedValue(row[column.databaseName], column));
    return found;
  });
}

/** Updates the rows that match `key`. Returns no count, because the SQLite driver reports none. */
export async function updateRows<T extends object>(
  manager: EntityManager,
  entity: new () => T,
  key: Partial<T>,
  values: Partial<T>,
): Promise<void> {
  const metadata = manager.dataSource.getMetadata(entity);
  const table = manager.dataSource.driver.escape(metadata.tableName);
  const [set, where] = [equalities(manager, metadata, values), equalities(manager, metadata, key)];
  await manager.query(
    `UPDATE ${table} SET ${set.assignments.join(', ')} WHERE ${where.assignments.join(' AND ')}`,
    [...set.values, ...where.values],
  );
}

/** Returns a `?` for each value, separated by commas, for `IN (…)` and `VALUES (…)`. */
export function placeholders(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

/**
 * Returns the condition for rows of an account with these ids. Its parameters are the account's id, then the ids. COALESCE
 * keeps SQLite from the index of the account, through which it would read all rows of the account.
 */
export function byIds(ids: readonly unknown[]): string {
  return `COALESCE(account_id, '') = ? AND id IN (${placeholders(ids)})`;
}

/** A change of a counter by `amount`. An amount above 0 must not take it above `limit`. */
export interface Addition {
  /** A column that a constant of the code names. */
  readonly column: string;
  readonly amount: number;
  /** Null for no limit. */
  readonly limit: number | null;
}

/**
 * Increments a counter and makes the `additions` to other counters of the same row, in one statement. Returns the
 * counter's new value. Returns null and changes nothing if no row matches `key` or an addition exceeds its limit.
 */
export async function incrementCounter<T extends object>(
  manager: EntityManager,
  entity: new () => T,
  key: Partial<T>,
  counter: keyof T & string,
  additions: readonly Addition[] = [],
): Promise<number | null> {
  const { driver } = manager.dataSource;
  const metadata = manager.dataSource.getMetadata(entity);
  const column = driver.escape(metadata.findColumnWithPropertyName(counter)!.databaseName);
  const where = equalities(manager, metadata, key);
  const more = addends(manager, additions);
  const conditions = [...where.assignments, ...more.conditions].join(' AND ');
  const update = (value: string): string =>
    `UPDATE ${driver.escape(metadata.tableName)} SET ${[`${column} = ${value}`, ...more.assignments].join(', ')} WHERE ${conditions}`;
  const values = [...more.amounts, ...where.values, ...more.bounds];
  if (isSqlite(manager)) {
    const sql = `${update(`${column} + 1`)} RETURNING ${column} AS value`;
    const [row] = await manager.query<{ value: number }[]>(sql, values);
    return row ? row.value : null;
  }
  // LAST_INSERT_ID(value) returns the value with the response, as for an inserted id (manuals of MySQL and MariaDB).
  const result = await manager.query<MysqlResult>(update(`LAST_INSERT_ID(${column} + 1)`), values);
  return result.affectedRows === 0 ? null : Number(result.insertId);
}

/**
 * Makes `additions` to the counters of the row with this id, in one statement. Returns false and changes nothing if there
 * is no such row or an addition exceeds its limit.
 */
export async function addToCounters(
  manager: EntityManager,
  table: string,
  id: string,
  additions: readonly Addition[],
): Promise<boolean> {
  const { assignments, amounts, conditions, bounds } = addends(manager, additions);
  const where = ['id = ?', ...conditions].join(' AND ');
  const sql = `UPDATE ${manager.dataSource.driver.escape(table)} SET ${assignments.join(', ')} WHERE ${where}`;
  const values = [...amounts, id, ...bounds];
  if (isSqlite(manager)) return (await manager.query<object[]>(`${sql} RETURNING id`, values)).length > 0;
  return (await manager.query<MysqlResult>(sql, values)).affectedRows > 0;
}

/** Locks a row until the transaction ends. Does nothing on SQLite, which runs one writing transaction at a time. */
export async function lockRow(manager: EntityManager, table: string, id: string): Promise<void> {
  if (isSqlite(manager)) return;
  await manager.query(`SELECT id FROM ${manager.dataSource.driver.escape(table)} WHERE id = ? FOR UPDATE`, [
    id,
  ]);
}

/**
 * Returns the condition that `account_id` equals a value. It takes the value twice. With a condition on `id`, both bound
 * the search of an index on `account_id` and `id`: SQLite needs an equality for that, MariaDB a range of each column.
 */
export function boundedByAccount(manager: EntityManager): string {
  return isSqlite(manager) ? 'account_id = ? AND account_id = ?' : 'account_id >= ? AND account_id <= ?';
}

function isSqlite({ dataSource }: EntityManager): boolean {
  return dataSource.options.type === 'better-sqlite3';
}

interface Addends {
  readonly assignments: string[];
  readonly amounts: number[];
  readonly conditions: string[];
  readonly bounds: number[];
}

function addends({ dataSource: { driver } }: EntityManager, additions: readonly Addition[]): Addends {
  const limited = additions.filter(({ amount, limit }) => amount > 0 && limit !== null);
  return {
    assignments: additions.map(({ column }) => `${driver.escape(column)} = ${driver.escape(column)} + ?`),
    amounts: additions.map(({ amount }) => amount),
    conditions: limited.map(({ column }) => `${driver.escape(column)} <= ?`),
    bounds: limited.map(({ amount, limit }) => limit! - amount),
  };
}

interface MysqlResult {
  readonly affectedRows: number;
  readonly insertId: number | string;
}

/** Returns `column = ?` for each property, and the values for the driver. Throws for a property without a column. */
function equalities(
  { dataSource: { driver } }: EntityManager,
  { columns }: EntityMetadata,
  properties: object,
): { readonly assignments: string[]; readonly values: unknown[] } {
  const named = columns.filter(({ propertyName }) => propertyName in properties);
  // A condition without the unknown property would match more rows.
  if (named.length === 0 || named.length < Object.keys(properties).length) {
    throw new Error(`Unknown property in: ${Object.keys(properties).join(', ')}`);
  }
  return {
    assignments: named.map(({ databaseName }) => `${driver.escape(databaseName)} = ?`),
    values: named.map(
      (column) => driver.preparePersistentValue(column.getEntityValue(properties), column) as unknown,
    ),
  };
}
