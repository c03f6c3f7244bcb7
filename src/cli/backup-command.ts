import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { schema } from '../app/schema';
import type { AppConfig } from '../config/config';
import { storageProblems } from '../config/storage-check';
import { copyDatabase, findFileProblem, findLedgerProblem } from '../database/sqlite-backup';
import { USAGE_FILE_VERSION } from '../usage/loader/sqlite-schema';
import { backupUsageFileOf, usageFileOf } from '../usage/usage-file';
import { findKeys, type GivenKeys, keyPlace, opensDatabase } from './backup-keys';
import { CommandError } from './command-errors';
import { createOutput, rejectExisting } from './create-output';
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
      const keys = flags['with-keys'] ? loadKeys(config) : null;
      const keyFile = `${target}.keys`;
      const ledger = usageFileOf(database);
      const ledgerCopy = existsSync(ledger) ? backupUsageFileOf(target) : null;
      for (const file of [target, keys && keyFile, ledgerCopy]) if (file) rejectExisting(file);
      await createOutput(target, async (draft) => {
        copyValidDatabase(database, draft);
        if (keys) await rejectForeignKeys(keys, draft);
      });
      if (ledgerCopy) await createOutput(ledgerCopy, (draft) => copyValidLedger(ledger, draft));
      print(`The database is in ${target}.`);
      if (ledgerCopy) print(`The ledger is in ${ledgerCopy}.`);
      if (keys) {
        await createOutput(keyFile, (draft) => writeFile(draft, keys.content));
        print(
          `The encryption keys are in ${keyFile}. Store it elsewhere: together the two open every secret.`,
        );
      } else {
        print(`The encryption keys are not in it. They are in ${keyPlace(config)}.`);
        print(
          'Back them up too, again after each rotation: without them no stored API key opens. --with-keys writes them to FILE.keys.',
        );
      }
    };
  },
});

/** Returns the path of the embedded database. Throws {@link CommandError} if there is none. */
function getDatabaseFile(config: AppConfig): string {
  const { database } = config;
  if (database.kind !== 'sqlite') {
    throw new CommandError(
      'DATABASE_URL names a server. Back it up with mariadb-dump --single-transaction or with mariabackup; ' +
        'docs/operations.md shows how.',
    );
  }
  const [problem] = storageProblems(config);
  if (problem) throw new CommandError(`${problem}.`);
  if (existsSync(database.file)) return database.file;
  throw new CommandError(`${database.file} does not exist. Check DATA_DIR and DATABASE_URL.`);
}

/** Checks the copy, so that a backup can be restored. Throws {@link CommandError}, or SQLite's error. */
function copyValidDatabase(database: string, draft: string): void {
  try {
    copyDatabase(database, draft);
  } catch (error) {
    // SQLite's other codes are about the disk of the copy.
    if ((error as { code?: unknown }).code !== 'ERR_SQLITE_ERROR') throw error;
    throw new CommandError(`${database} is not a Caret database, or is damaged.`);
  }
  const problem = findFileProblem(
    draft,
    schema.migrations.map(({ name }) => name),
  );
  if (problem) throw new CommandError(`${database} ${problem}.`);
}

/** Checks the copy of the ledger. Throws {@link CommandError}, or SQLite's error. */
function copyValidLedger(ledger: string, draft: string): Promise<void> {
  copyDatabase(ledger, draft);
  const problem = findLedgerProblem(draft, USAGE_FILE_VERSION);
  return problem ? Promise.reject(new CommandError(`${ledger} ${problem}.`)) : Promise.resolve();
}

function loadKeys(config: AppConfig): GivenKeys {
  const keys = findKeys(config);
  if (keys) return keys;
  throw new CommandError(`There are no encryption keys in ${keyPlace(config)}.`);
}

async function rejectForeignKeys(keys: GivenKeys, database: string): Promise<void> {
  if (await opensDatabase(keys.ring, database)) return;
  throw new CommandError(`The encryption keys in ${keys.source} are not those of this database.`);
}
