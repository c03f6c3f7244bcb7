import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';
import { cascadeTo, column } from './portable-table';

/** Adds the log that replicas follow, and the protocol that a test of a model has learned. */
export class RegistryChanges1765000000000 implements MigrationInterface {
  name = 'RegistryChanges1765000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const { reference, text, counter } = column(queryRunner);
    const key = { isPrimary: true };
    await queryRunner.createTable(
      new Table({
        name: 'registry_changes',
        columns: [
          { ...reference('account_id'), ...key },
          { ...counter('revision'), ...key },
          { ...reference('resource_id'), ...key },
          { ...text('kind', 20), ...key },
        ],
        foreignKeys: [cascadeTo('accounts', 'account_id', 'fk_registry_changes_account')],
      }),
    );
    await queryRunner.addColumn(
      'provider_models',
      new TableColumn({ ...text('learned_protocol', 24), isNullable: true }),
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumn('provider_models', 'learned_protocol');
    await queryRunner.dropTable('registry_changes');
  }
}
