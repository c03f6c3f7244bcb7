import './app/ignore-debugger-signal';
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { withParts } from './app/app-parts';
import { AppModule } from './app/app.module';
import { checkFiles } from './app/check-files';
import { exitOnUncaughtError, exitWithCause } from './app/exit-with-cause';
import { CommandError, UsageError } from './cli/command-errors';
import { commands } from './cli/commands';
import type { Session } from './cli/define-command';
import { helpOf, usageOf } from './cli/usage';
import { VERSION } from './common/version';
import { loadProcessConfig } from './config/config';
import { DatabaseService } from './database/database.service';

// Only this user may read the database, the key file and backups.
process.umask(0o077);

exitOnUncaughtError('The command ended early.');

// The reader of the output may exit. The command still completes, and exits with 1 because its output is lost.
process.stdout.on('error', () => (process.exitCode = 1));
process.stderr.on('error', () => undefined);

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const warn = (text: string): void => void process.stderr.write(`${text}\n`);
const isHelp = (word: string): boolean => ['--help', '-h'].includes(word);

/** `npm run cli -- <command>`: works on the database itself, with the service's own configuration. */
async function main(words: readonly string[]): Promise<void> {
  const [word = 'help'] = words;
  if (word === '--version') return print(VERSION);
  if (word === 'help' || isHelp(word)) return print(usageOf(commands));
  const command = commands.find(({ name }) => name.split(' ').every((part, index) => words[index] === part));
  if (!command) return explainGroup(word, words);
  const rest = words.slice(command.name.split(' ').length);
  if (rest.some(isHelp)) return print(helpOf(command));
  try {
    const run = command.prepare(rest);
    const config = loadProcessConfig();
    config.warnings.forEach(({ text }) => warn(text));
    await run({ config, print, open: openServices });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message}\n\n${helpOf(command)}`);
  }
}

/** Prints the commands that begin with this word if help is asked for. Throws UsageError otherwise. */
function explainGroup(word: string, words: readonly string[]): void {
  const group = commands.filter(({ name }) => name.startsWith(`${word} `));
  if (group.length > 0 && words.some(isHelp)) return print(usageOf(group));
  const unknown = words.slice(0, group.length > 0 ? 2 : 1).join(' ');
  throw new UsageError(`Unknown command: ${unknown}\n\n${usageOf(group.length > 0 ? group : commands)}`);
}

/** Unlike a backup, the services need the files and keys that the configuration names. */
async function openServices(work: Parameters<Session['open']>[0]): Promise<void> {
  await withParts(loadProcessConfig(checkFiles), warn, null, async (parts, saveNewKey) => {
    const services = await NestFactory.createApplicationContext(AppModule.forRoot(parts), {
      logger: false,
      abortOnError: false,
    });
    try {
      await saveNewKey();
      await services.get(DatabaseService).startNow();
      await work(services);
    } finally {
      await services.close();
    }
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const isUsage = error instanceof UsageError;
  if (!isUsage && !(error instanceof CommandError)) exitWithCause('The command failed.', error);
  warn(error.message);
  process.exitCode = isUsage ? 2 : 1;
});
