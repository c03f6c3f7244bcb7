import { createRequire } from 'node:module';

type Row = Record<string, unknown>;
interface RunResult {
  changes: number | bigint;
  lastInsertRowid: number | bigint;
}
interface NativeStatement {
  columns(): unknown[];
  all(...parameters: unknown[]): Row[];
  run(...parameters: unknown[]): RunResult;
}
interface NativeDatabase {
  prepare(sql: string): NativeStatement;
  exec(sql: string): void;
  close(): void;
}
interface NativeModule {
  StatementSync: { prototype: object };
  DatabaseSync: new (path: string, options?: { readOnly?: boolean; timeout?: number }) => NativeDatabase;
}

/** The extended result codes of SQLite that Caret distinguishes, with the names that better-sqlite3 uses. */
const ERROR_NAMES = new Map<number, string>([
  [5, 'SQLITE_BUSY'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [13, 'SQLITE_FULL'],
  [18, 'SQLITE_TOOBIG'],
  [20, 'SQLITE_MISMATCH'],
  [275, 'SQLITE_CONSTRAINT_CHECK'],
  [787, 'SQLITE_CONSTRAINT_FOREIGNKEY'],
  [1299, 'SQLITE_CONSTRAINT_NOTNULL'],
  [1555, 'SQLITE_CONSTRAINT_PRIMARYKEY'],
  [2067, 'SQLITE_CONSTRAINT_UNIQUE'],
]);

/** Returns Node's own SQLite if it is complete (22.16 and newer), else the same engine from a package with prebuilds. */
function loadNative(): NativeModule {
  const builtin = process.getBuiltinModule?.('node:sqlite' as never) as NativeModule | undefined;
  if (builtin && 'columns' in builtin.StatementSync.prototype) return builtin;
  return createRequire(__filename)('@photostructure/sqlite') as NativeModule;
}

/** Runs `work`, and names the code of the error that it throws. */
function nameError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const native = error as { errcode?: number; code?: string };
    if (typeof native.errcode === 'number') {
      native.code = ERROR_NAMES.get(native.errcode) ?? ERROR_NAMES.get(native.errcode & 0xff) ?? native.code;
    }
    throw error;
  }
}

class SqliteStatement {
  readonly reader: boolean;

  constructor(private readonly native: NativeStatement) {
    this.reader = native.columns().length > 0;
  }

  all(...parameters: unknown[]): Row[] {
    return nameError(() => this.native.all(...parameters));
  }

  run(...parameters: unknown[]): RunResult {
    return nameError(() => this.native.run(...parameters));
  }
}

/** The part of better-sqlite3's interface that TypeORM uses, over an engine that needs no compiler: see ADR 6. */
export class SqliteDatabase {
  private readonly native: NativeDatabase;

  constructor(path: string, options: { readonly?: boolean; timeout?: number } = {}) {
    const { DatabaseSync } = loadNative();
    this.native = nameError(
      () => new DatabaseSync(path, { readOnly: options.readonly === true, timeout: options.timeout ?? 5000 }),
    );
  }

  pragma(sql: string): Row[] {
    return this.prepare(`PRAGMA ${sql}`).all();
  }

  prepare(sql: string): SqliteStatement {
    return nameError(() => new SqliteStatement(this.native.prepare(sql)));
  }

  /** Runs a statement without a result. Unlike a prepared statement it does not keep the file open after {@link close}. */
  exec(sql: string): void {
    nameError(() => this.native.exec(sql));
  }

  /** On Node 20 the file stays open until the connection's prepared statements are garbage collected. */
  close(): void {
    this.native.close();
  }
}
