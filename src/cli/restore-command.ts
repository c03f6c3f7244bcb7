import { existsSync } from 'node:fs';
import { copyFile, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { keySourcesOf } from '../app/check-files';
import { schema } from '../app/schema';
import type { AppConfig } from '../config/config';
import { createFile } from '../database/create-file';
import { lockDatabaseFile } from '../database/process-lock';
import { findFileProblem } from '../database/sqlite-backup';
import { findKeys, type GivenKeys, opensDatabase, readKeysFrom } from './backup-keys';
import { CommandError } from './command-errors';
import { defineCommand } from './define-command';

export const restore = defineCommand({
  name: 'restore',
  summary: 'restore a backup into a new or empty DATA_DIR, while the service is stopped',
  argument: {
    placeholder: 'FILE',
    help: 'a file that `backup` wrote; FILE.keys is restored too, if it exists',
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
      const releaseDatabase = lockDatabaseFile(database);
      try {
        await rejectExistingData(config, database.file);
        const keys = await restoreInto(database.file, source, config);
        print(`Restored ${database.file}.`);
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
  const log = await stat(`${source}-wal`).catch(() => null);
  if (!log || log.size === 0) return;
  throw new CommandError(
    `${source} has a write-ahead log beside it: it is a database in use, not a backup. Copy it with \`backup\`.`,
  );
}

/** Throws {@link CommandError} if DATA_DIR has data. A key file is allowed, and the lock belongs to this command. */
async function rejectExistingData(config: AppConfig, file: string): Promise<void> {
  const isAllowed = (name: string): boolean =>
    name === basename(keySourcesOf(config).defaultKeyFile) || name.startsWith(`${basename(file)}.lock`);
  const names = await readdir(config.dataDir).catch(() => []);
  if (!existsSync(file) && names.every(isAllowed)) return;
  throw new CommandError(`${config.dataDir} is not empty. Set DATA_DIR to a new or empty directory.`);
}

/** Checks a copy of the backup and moves it to `file`. Returns its keys. Throws {@link CommandError}. */
async function restoreInto(file: string, source: string, config: AppConfig): Promise<GivenKeys | null> {
  let keys: GivenKeys | null = null;
  await createFile(file, async (draft) => {
    await copyFile(source, draft);
    const migrations = schema.migrations.map(({ name }) => name);
    const problem = findFileProblem(draft, migrations);
    if (problem) throw new CommandError(`${source} ${problem}.`);
    keys = await keysFor(draft, source, config);
    if (keys?.source === keysBeside(source)) {
      const { content } = keys;
      await createFile(keySourcesOf(config).defaultKeyFile, (keyDraft) => writeFile(keyDraft, content));
    }
  });
  return keys;
}

/** Returns the keys of the configuration, or those beside the backup, or null. */
async function keysFor(draft: string, source: string, config: AppConfig): Promise<GivenKeys | null> {
  const keys = (await findKeys(config)) ?? (await readKeysFrom(keysBeside(source)));
  if (!keys || (await opensDatabase(keys.ring, draft))) return keys;
  throw new CommandError(`The encryption keys in ${keys.source} are not those of this backup.`);
}

function keysBeside(source: string): string {
  return `${source}.keys`;
}

function missingKeys(config: AppConfig): string {
  return `No encryption keys were found. Before you start Caret, put them into ${keySourcesOf(config).defaultKeyFile} (mode 0600), or set ENCRYPTION_KEYS.`;
}
