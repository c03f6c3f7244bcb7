import type { EntityManager } from 'typeorm';

/**
 * Inserts whole rows, in one statement. TypeORM's own insert builds its statement in several passes over every column and
 * value, which is a quarter of what creating a provider costs.
 *
 * Throws what a query throws.
 */
export async function insertRows<T extends object>(
  manager: EntityManager,
  entity: new () => T,
  rows: readonly T[],
): Promise<void> {
  const { driver } = manager.dataSource;
  const { columns, tableName } = manager.dataSource.getMetadata(entity);
  const names = columns.map(({ databaseName }) => driver.escape(databaseName)).join(', ');
  const row = `(${columns.map(() => '?').join(', ')})`;
  const values = rows.flatMap((each) =>
    columns.map((column) => driver.preparePersistentValue(column.getEntityValue(each), column) as unknown),
  );
  await manager.query(
    `INSERT INTO ${driver.escape(tableName)} (${names}) VALUES ${rows.map(() => row).join(', ')}`,
    values,
  );
}

/**
 * The row that has these values, or null. Costs half of what TypeORM's own finding does, for one row by its key.
 *
 * Throws what a query throws.
 */
export async function findRow<T extends object>(
  manager: EntityManager,
  entity: new () => T,
  key: Partial<T>,
): Promise<T | null> {
  const { driver } = manager.dataSource;
  const { columns, tableName } = manager.dataSource.getMetadata(entity);
  const wanted = columns.filter(({ propertyName }) => propertyName in key);
  const conditions = wanted.map(({ databaseName }) => `${driver.escape(databaseName)} = ?`).join(' AND ');
  const [row] = await manager.query<Record<string, unknown>[]>(
    `SELECT * FROM ${driver.escape(tableName)} WHERE ${conditions}`,
    wanted.map((column) => driver.preparePersistentValue(column.getEntityValue(key), column) as unknown),
  );
  if (row === undefined) return null;
  const found = new entity();
  for (const column of columns)
    column.setEntityValue(found, driver.prepareHydratedValue(row[column.databaseName], column));
  return found;
}
