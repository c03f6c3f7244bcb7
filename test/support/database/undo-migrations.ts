import type { DataSource, MigrationInterface } from 'typeorm';
import { schema } from '../../../src/app/schema';

/** Undoes a migration and all later ones. */
export async function undoMigrations(
  dataSource: DataSource,
  from: new () => MigrationInterface,
): Promise<void> {
  const { migrations } = schema;
  for (let count = migrations.length - migrations.indexOf(from); count > 0; count--) {
    await dataSource.undoLastMigration({ transaction: 'none' });
  }
}
