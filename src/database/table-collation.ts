import type { DataSource } from 'typeorm';

const COLLATION = 'utf8mb4_bin';

/**
 * Gives tables that migrations create the collation of the existing ones, because foreign keys need the same on both
 * sides. A dump of one database does not restore its default.
 */
export async function setTableCollation(dataSource: DataSource): Promise<void> {
  if (!['mysql', 'mariadb'].includes(dataSource.options.type) || !(await dataSource.showMigrations())) return;
  const sql = 'SELECT @@collation_database AS collation';
  const [row] = await dataSource.query<{ collation: string }[]>(sql);
  if (row!.collation === COLLATION) return;
  await dataSource.query(`ALTER DATABASE CHARACTER SET utf8mb4 COLLATE ${COLLATION}`);
}
