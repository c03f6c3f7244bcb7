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
