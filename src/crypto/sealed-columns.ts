/**
 * A column of sealed texts. The module that owns it declares it, so that key checks and re-wrapping reach it.
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

/** Every sealed column of the database, checked once at start. */
export class SealedColumns {
  /** Throws RangeError on a name that is no plain identifier, and on a sealed or key id column listed twice. */
  constructor(readonly all: readonly SealedColumn[]) {
    const taken = new Set<string>();
    for (const { table, idColumn, accountColumn, sealedColumn, keyIdColumn, versionColumn } of all) {
      for (const name of [
        table,
        idColumn,
        accountColumn ?? 'none',
        sealedColumn,
        keyIdColumn,
        versionColumn,
      ]) {
        if (!IDENTIFIER.test(name)) throw new RangeError(`'${name}' is not the name of a table or a column`);
      }
      for (const name of [`${table}.${sealedColumn}`, `${table}.${keyIdColumn}`]) {
        if (taken.has(name)) throw new RangeError(`${name} is listed twice`);
        taken.add(name);
      }
    }
  }
}
