import { existsSync } from 'node:fs';
import { chmod, copyFile, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { keySourcesOf } from '../app/check-files';
import { schema } from '../app/schema';
import type { AppConfig } from '../config/config';
import { contentProblem, createDirectory } from '../config/storage-check';
import { removeDrafts } from '../database/create-file';
import { lockDatabaseFile } from '../database/process-lock';
import { findFileProblem, findLedgerProblem } from '../database/sqlite-backup';
import { USAGE_FILE_VERSION } from '../usage/loader/sqlite-schema';
import { backupUsageFileOf, usageFileOf } from '../usage/usage-file';
import { findKeys, type GivenKeys, keyFileOf, keyPlace, opensDatabase, readKeysFrom } from './backup-keys';
import { CommandError } from './command-errors';
import { createOutput } from './create-output';
import { defineCommand } from './define-command';

/** SQLite would apply such a file of an earlier database to the restored one. */
const SIDE_FILES = ['-wal', '-shm', '-journal'];

export const restore = defineCommand({
  name: 'restore',
  summary: 'restore a backup into a new or empty DATA_DIR, while the service is stopped',
  argument: {
    placeholder: 'FILE',
    help: 'a file that `backup` wrote; FILE.keys and FILE.usage are restored too, if they exist',
  },
  prepare: ({ argument }) => {
    const source = resolve(argument);
    return async ({ config, print }) => {
      const { database } = config;
      if (database.kind !== 'sqlite') {
        throw new CommandError(
          'DATABASE_URL names a server. Restore it with mariadb, from a dump, or with mariabackup; ' +
            'docs/operations.md shows how.',
        );
      }
      await rejectUnusableSource(source);
      const releaseDatabase = await lockDatabaseFile(database, false);
      try {
        const ledger = usageFileOf(database.file);
        for (const file of [database.file, ledger, keyFileOf(config)]) await removeDrafts(file);
        await rejectExistingData(config, database.file);
        const keys = await restoreInto(database.file, source, config);
        print(`Restored ${database.file}.`);
        if (existsSync(ledger)) print(`Restored ${ledger}.`);
        print(keys ? `The encryption keys in ${keys.source} open it.` : missingKeys(config));
      } finally {
        releaseDatabase();
      }
    };
  },
});

async function rejectUnusableSource(source: string): Promise<void> {
  const found = await stat(source).catch(() => null);
  if (!found?.isFile()) throw new CommandError(`${source} is not a file.`);
  // A copy of a file below /proc might never end.
  if (contentProblem(source)) throw new CommandError(`${source} is not a Caret database, or is damaged.`);
  const log = await stat(`${source}-wal`).catch(() => null);
  if (!log || log.size === 0) return;
  throw new CommandError(
    `${source} has a write-ahead log beside it: it is a database in use, not a backup. Copy it with \`backup\`.`,
  );
}

/**
 * Throws {@link CommandError} if there are data. A key file is allowed, the lock belongs to this command, and a new
 * volume contains `lost+found`.
 */
async function rejectExistingData(config: AppConfig, file: string): Promise<void> {
  const isAllowed = (name: string): boolean =>
    name === basename(keySourcesOf(config).defaultKeyFile) ||
    name === 'lost+found' ||
    name.startsWith(`${basename(file)}.lock`);
  const names = await readdir(config.dataDir).catch(() => []);
  if (!names.every(isAllowed)) {
    throw new CommandError(`${config.dataDir} is not empty. Set DATA_DIR to a new or empty directory.`);
  }
  const existing = [file, usageFileOf(file)]
    .flatMap((each) => ['', ...SIDE_FILES].map((suffix) => `${each}${suffix}`))
    .find((path) => existsSync(path));
  if (existing)
    throw new CommandError(`${existing} exists. Set DATABASE_URL to a file in an empty directory.`);
}

/** Checks a copy of the backup and moves it to `file`. Returns its keys. Throws {@link CommandError}. */
async function restoreInto(file: string, source: string, config: AppConfig): Promise<GivenKeys | null> {
  let keys: GivenKeys | null = null;
  await createOutput(file, async (draft) => {
    await copyFile(source, draft);
    // The copy has the mode of the source, which may be read-only.
    await chmod(draft, 0o600);
    const migrations = schema.migrations.map(({ name }) => name);
    const problem = findFileProblem(draft, migrations);
    if (problem) throw new CommandError(`${source} ${problem}.`);
    keys = await keysFor(draft, source, config);
    if (keys?.source === keysBeside(source)) {
      const { content } = keys;
      const keyFile = keyFileOf(config);
      createDirectory(dirname(keyFile));
      await createOutput(keyFile, (keyDraft) => writeFile(keyDraft, content));
    }
    await restoreLedger(usageFileOf(file), backupUsageFileOf(source));
  });
  return keys;
}

/** Restores the ledger if it was backed up. Throws {@link CommandError}. */
async function restoreLedger(file: string, source: string): Promise<void> {
  if (!existsSync(source)) return;
  if (contentProblem(source)) throw new CommandError(`${source} is not a ledger of Caret, or is damaged.`);
  await createOutput(file, async (draft) => {
    await copyFile(source, draft);
    await chmod(draft, 0o600);
    const problem = findLedgerProblem(draft, USAGE_FILE_VERSION);
    if (problem) throw new CommandError(`${source} ${problem}.`);
  });
}

/** Returns the keys of the configuration, or those beside the backup, or null. */
async function keysFor(draft: string, source: string, config: AppConfig): Promise<GivenKeys | null> {
  const keys = findKeys(config) ?? readKeysFrom(keysBeside(source));
  if (!keys || (await opensDatabase(keys.ring, draft))) return keys;
  throw new CommandError(
    `The encryption keys in ${keys.source} are not those of this backup. Set the keys from the time of the backup.`,
  );
}

function keysBeside(source: string): string {
  return `${source}.keys`;
}

function missingKeys(config: AppConfig): string {
  return `No encryption keys were found. Before you start Caret, put them into ${keyPlace(config)} (mode 0600), or set ENCRYPTION_KEYS.`;
}
