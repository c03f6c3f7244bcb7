import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartupError } from '../common/startup-error';
import { createFile } from '../database/create-file';
import { CommandError } from './command-errors';

/** Creates a file with {@link createFile}. Throws {@link CommandError}, also in place of errors of the file system. */
export async function createOutput(file: string, write: (draft: string) => Promise<void>): Promise<void> {
  try {
    await createFile(file, write);
  } catch (error) {
    if (error instanceof CommandError || error instanceof StartupError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') rejectExisting(file);
    if (code === 'ENOENT') {
      throw new CommandError(`${dirname(file)} does not exist. Create the directory first.`);
    }
    throw code === undefined ? error : new CommandError(`${file} was not written: ${code}.`);
  }
}

/** Throws {@link CommandError} if the file exists. */
export function rejectExisting(file: string): void {
  if (existsSync(file)) throw new CommandError(`${file} exists. It is never replaced: choose another name.`);
}
