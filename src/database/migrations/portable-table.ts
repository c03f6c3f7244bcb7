import type { QueryRunner, TableColumnOptions, TableForeignKeyOptions } from 'typeorm';

export function isMysql(queryRunner: QueryRunner): boolean {
  return ['mysql', 'mariadb'].includes(queryRunner.dataSource.options.type);
}

/** Column options that create the columns of the entities on both engines. */
export function column(queryRunner: QueryRunner) {
  const text = (name: string, length: number): TableColumnOptions => ({
    name,
    type: 'varchar',
    length: String(length),
  });
  return {
    id: { ...text('id', 36), isPrimary: true } as TableColumnOptions,
    text,
    reference: (name: string) => text(name, 36),
    digest: (name: string) => text(name, 64),
    time: (name: string) => text(name, 24),
    json: (name: string): TableColumnOptions => ({ name, type: 'mediumtext' }),
    integer: (name: string): TableColumnOptions => ({ name, type: isMysql(queryRunner) ? 'int' : 'integer' }),
    counter: (name: string): TableColumnOptions => ({ name, type: 'bigint' }),
    decimal: (name: string): TableColumnOptions => ({ name, type: 'decimal', precision: 24, scale: 12 }),
  };
}

export function cascadeTo(table: string, columnName: string, name: string): TableForeignKeyOptions {
  return {
    name,
    columnNames: [columnName],
    referencedTableName: table,
    referencedColumnNames: ['id'],
    onDelete: 'CASCADE',
    onUpdate: 'NO ACTION',
  };
}
