/**
 * A column of sealed texts. The module that owns the column declares it, so that key checks and re-wrapping include it.
 * All names are constants of the code. The sealed text and its key id are null together and written together.
 */
export interface SealedColumn {
  readonly table: string;
  readonly idColumn: string;
  /** Null for secrets of the installation, whose seal context has no account. */
  readonly accountColumn: string | null;
  readonly sealedColumn: string;
  /** Belongs to this sealed column only, because re-wrapping writes both together. */
  readonly keyIdColumn: string;
  readonly versionColumn: string;
  /** `purpose` and `field` of the seal context. */
  readonly purpose: string;
  readonly field: string;
}

const IDENTIFIER = /^[a-z][a-z0-9_]{0,63}$/;

/** Every sealed column of the database. Checked once at start. */
export class SealedColumns {
  /** Throws RangeError on a name that is not a plain identifier, and on a duplicate sealed or key id column. */
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
        if (!IDENTIFIER.test(name))
          throw new RangeError(`'${name}' is not a valid name of a table or column`);
      }
      for (const name of [`${table}.${sealedColumn}`, `${table}.${keyIdColumn}`]) {
        if (taken.has(name)) throw new RangeError(`${name} is a duplicate`);
        taken.add(name);
      }
    }
  }
}
