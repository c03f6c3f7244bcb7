import type { QueryRunner } from 'typeorm';

/**
 * Steps that do nothing if they have been done. MySQL and MariaDB commit each change of the schema on its own, so a
 * migration that was interrupted starts again at its first step. Plain SQL, because TypeORM copies the table on SQLite.
 */

/** `definition` starts with the name of the column. */
export async function addColumn(queryRunner: QueryRunner, table: string, definition: string): Promise<void> {
  if (await queryRunner.hasColumn(table, nameOf(definition))) return;
  await queryRunner.query(`ALTER TABLE ${table} ADD COLUMN ${definition}`);
}

/** Accepts the same definition as {@link addColumn}. */
export async function dropColumn(queryRunner: QueryRunner, table: string, definition: string): Promise<void> {
  const name = nameOf(definition);
  if (!(await queryRunner.hasColumn(table, name))) return;
  await queryRunner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
}

function nameOf(definition: string): string {
  return definition.split(' ', 1)[0]!;
}
