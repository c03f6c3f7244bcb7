import { Injectable } from '@nestjs/common';

/**
 * A column of sealed texts, declared by the module that owns it, so that key checks and re-wrapping reach it.
 * All names are constants of the code. The sealed text and its key id are null together and written together.
 */
export interface SealedColumn {
  readonly table: string;
  readonly idColumn: string;
  /** Null for secrets of the installation, whose seal context has no account. */
  readonly accountColumn: string | null;
  readonly sealedColumn: string;
  /** Belongs to this sealed column alone: re-wrapping moves both at once. */
  readonly keyIdColumn: string;
  readonly versionColumn: string;
  /** `purpose` and `field` of the seal context. */
  readonly purpose: string;
  readonly field: string;
}

const IDENTIFIER = /^[a-z][a-z0-9_]{0,63}$/;

/** Every sealed column of the database. Modules register theirs when they are made. */
@Injectable()
export class SealedColumns {
  private readonly columns: SealedColumn[] = [];

  /** Throws RangeError on a name that is no plain identifier, and on a column or key id that is taken. */
  register(column: SealedColumn): void {
    const { table, idColumn, accountColumn, sealedColumn, keyIdColumn, versionColumn } = column;
    for (const name of [table, idColumn, accountColumn ?? 'none', sealedColumn, keyIdColumn, versionColumn]) {
      if (!IDENTIFIER.test(name)) throw new RangeError(`'${name}' is not the name of a table or a column`);
    }
    for (const other of this.columns.filter((candidate) => candidate.table === table)) {
      if (other.sealedColumn === sealedColumn || other.keyIdColumn === keyIdColumn) {
        throw new RangeError(`${table}.${sealedColumn} or its key id column is registered already`);
      }
    }
    this.columns.push(column);
  }

  all(): readonly SealedColumn[] {
    return this.columns;
  }
}
