export type Parameter = string | number | null;
export type ResultRow = Readonly<Record<string, unknown>>;

/** Runs one statement with `?` parameters. Returns no rows for a write. */
export type Query = (sql: string, parameters?: readonly Parameter[]) => Promise<ResultRow[]>;

/** The database of the ledger: tables of the server, or a file of its own. */
export interface UsageDatabase {
  readonly dialect: 'sqlite' | 'mysql';
  readonly query: Query;
  /** Runs `work` in a transaction, and rolls it back if it throws. */
  transaction(work: (query: Query) => Promise<void>): Promise<void>;
  /** Resolves when every commit so far survives a power cut. */
  makeDurable(): Promise<void>;
  close(): Promise<void>;
}
