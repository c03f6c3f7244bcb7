import type { DatabaseConfig } from '../../config/database-config';
import type { JournalPosition } from '../journal/journal-position';
import type { StoredResponse } from '../usage-record';
import type { SetAsideReason } from './set-aside';

/** What the worker thread starts with. */
export interface LoaderSettings {
  readonly database: DatabaseConfig;
  /** The ledger beside an embedded database. */
  readonly usageFile: string | null;
  /** The folder of the journal of this process, and of earlier ones. */
  readonly directory: string;
  readonly journalId: string;
  /** Folders of processes that have ended. This process holds their locks. */
  readonly deadDirectories: readonly string[];
  /** The file for what cannot be loaded. */
  readonly setAsideFile: string;
  readonly retentionDays: number;
}

/** From the process to the worker. */
export type LoaderRequest =
  | { readonly kind: 'load' }
  | { readonly kind: 'find'; readonly id: number; readonly accountId: string; readonly responseId: string }
  /** Load to the end once, without retries. `isComplete`: every attempt has ended. */
  | { readonly kind: 'finish'; readonly isComplete: boolean };

/** From the worker to the process. */
export type LoaderEvent =
  | { readonly kind: 'loaded'; readonly position: JournalPosition }
  | { readonly kind: 'deleted'; readonly bytes: number }
  /** The folders of ended processes are loaded. */
  | { readonly kind: 'replayed' }
  | { readonly kind: 'setAside'; readonly counts: ReadonlyMap<SetAsideReason, number> }
  /** Loading fails, with the parts of the error for the log, or works again. */
  | { readonly kind: 'state'; readonly error: Readonly<Record<string, unknown>> | null }
  | { readonly kind: 'found'; readonly id: number; readonly response: StoredResponse | null }
  | { readonly kind: 'notFound'; readonly id: number }
  | { readonly kind: 'finished' };
