import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { keySourcesOf } from '../app/check-files';
import type { AppConfig } from '../config/config';
import { createFile } from '../database/create-file';
import { copyDatabase } from '../database/sqlite-backup';
import { findKeys, type GivenKeys, opensDatabase } from './backup-keys';
import { CommandError } from './command-errors';
import { defineCommand } from './define-command';

export const backup = defineCommand({
  name: 'backup',
  summary: 'back up the embedded database to a new file, while the service runs or not',
  argument: { placeholder: 'FILE', help: 'the file to write; it must not exist' },
  flags: { 'with-keys': 'also write the encryption keys, to FILE.keys' },
  prepare: ({ argument, flags }) => {
    const target = resolve(argument);
    return async ({ config, print }) => {
      const database = getDatabaseFile(config);
      const keys = flags['with-keys'] ? await loadKeys(config) : null;
      const keyFile = `${target}.keys`;
      for (const file of keys ? [target, keyFile] : [target]) rejectExisting(file);
      await createBackupFile(target, async (draft) => {
        copyDatabase(database, draft);
        if (keys) await rejectForeignKeys(keys, draft);
      });
      print(`The database is in ${target}.`);
      if (keys) {
        await createBackupFile(keyFile, (draft) => writeFile(draft, keys.content));
        print(
          `The encryption keys are in ${keyFile}. Store it elsewhere: together the two open every secret.`,
        );
      } else {
        print(`The encryption keys are not in it. They are in ${keyPlace(config)}.`);
        print(
          'Back them up too: without them no stored API key opens. --with-keys writes them to FILE.keys.',
        );
      }
    };
  },
});

/** Returns the path of the embedded database. Throws {@link CommandError} if there is none. */
function getDatabaseFile({ database }: AppConfig): string {
  if (database.kind !== 'sqlite') {
    throw new CommandError(
      'DATABASE_URL names a server. Back it up with mariadb-dump --single-transaction or with mariabackup; ' +
        'docs/operations.md shows how.',
    );
  }
  if (existsSync(database.file)) return database.file;
  throw new CommandError(`${database.file} does not exist. Check DATA_DIR and DATABASE_URL.`);
}

async function loadKeys(config: AppConfig): Promise<GivenKeys> {
  const keys = await findKeys(config);
  if (keys) return keys;
  throw new CommandError(`There are no encryption keys in ${keyPlace(config)}.`);
}

async function rejectForeignKeys(keys: GivenKeys, database: string): Promise<void> {
  if (await opensDatabase(keys.ring, database)) return;
  throw new CommandError(`The encryption keys in ${keys.source} are not those of this database.`);
}

function keyPlace(config: AppConfig): string {
  const { inlineKeys, keyFile, defaultKeyFile } = keySourcesOf(config);
  return inlineKeys === null ? (keyFile ?? defaultKeyFile) : 'ENCRYPTION_KEYS';
}

/** Throws {@link CommandError}. */
async function createBackupFile(file: string, write: (draft: string) => Promise<void>): Promise<void> {
  try {
    await createFile(file, write);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') rejectExisting(file);
    throw new CommandError(`${file} was not written: ${code ?? 'unknown error'}.`);
  }
}

function rejectExisting(file: string): void {
  if (!existsSync(file)) return;
  throw new CommandError(`${file} exists. A backup never replaces a file: choose another name.`);
}
