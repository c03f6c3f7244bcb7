import type { AnnounceToken } from '../accounts/bootstrap.service';
import { StartupError } from '../common/startup-error';
import type { AppConfig } from '../config/config';
import { findKeyRing } from '../crypto/find-key-ring';
import { generateKey, writeKeyFile } from '../crypto/key-file';
import { lockDatabaseFile } from '../database/process-lock';
import type { AppParts } from './app.module';
import { keySourcesOf } from './check-files';

/**
 * Locks an embedded database, finds or generates the keys, and passes them to `build`. A new key exists only in memory
 * until `build` calls `saveNewKey`, which does nothing for existing keys. The built application releases the lock when
 * it closes; if `build` fails, this function releases it.
 */
export async function withParts<T>(
  config: AppConfig,
  logInfo: (text: string) => void,
  announceToken: AnnounceToken,
  build: (parts: AppParts, saveNewKey: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const { database } = config;
  const releaseDatabase = database.kind === 'sqlite' ? await lockDatabaseFile(database) : () => undefined;
  try {
    const sources = keySourcesOf(config);
    const existing = findKeyRing(sources);
    const { ring, entry } = existing ? { ring: existing, entry: null } : generateKey();
    const saveNewKey = async (): Promise<void> => {
      if (entry === null) return;
      const file = sources.defaultKeyFile;
      await writeKeyFile(file, entry);
      logInfo(`Created an encryption key in ${file}. Back it up: no stored API key opens without it.`);
    };
    return await build({ config, keyRing: ring, releaseDatabase, announceToken }, saveNewKey);
  } catch (error) {
    releaseDatabase();
    throw nameDatabaseFile(error, config);
  }
}

/** SQLite's own error names neither the file nor its variable. */
function nameDatabaseFile(error: unknown, { database }: AppConfig): unknown {
  const isSqliteError = (error as { code?: unknown }).code === 'ERR_SQLITE_ERROR';
  if (!isSqliteError || database.kind !== 'sqlite') return error;
  const source = database.variable === 'DATA_DIR' ? 'caret.db in DATA_DIR' : 'DATABASE_URL';
  return new StartupError(`${source}: the file cannot be opened as an SQLite database.`);
}
