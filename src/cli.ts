import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { withParts } from './app/app-parts';
import { AppModule } from './app/app.module';
import { checkFiles } from './app/check-files';
import { exitOnUncaughtError, exitWithCause } from './app/exit-with-cause';
import { type Command, UsageError } from './cli/command';
import { commands } from './cli/commands';
import { VERSION } from './common/version';
import { loadProcessConfig } from './config/config';
import { DatabaseService } from './database/database.service';

// Database and key file are for this user alone.
process.umask(0o077);

exitOnUncaughtError('The command ended early.');

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const warn = (text: string): void => void process.stderr.write(`${text}\n`);

/** `npm run cli -- <command>`: works on the database itself, with the service's own configuration. */
async function main(words: readonly string[]): Promise<void> {
  if (words[0] === '--version') return print(VERSION);
  if (['', 'help', '--help', '-h'].includes(words.join(' '))) return print(usage());
  const command = commands.find(({ name }) => name.split(' ').every((word, index) => words[index] === word));
  if (!command) throw new UsageError(usage());
  const run = command.prepare(words.slice(command.name.split(' ').length));
  const config = loadProcessConfig(checkFiles);
  config.warnings.forEach(warn);
  await withParts(config, warn, null, async (parts, saveNewKey) => {
    const context = await NestFactory.createApplicationContext(AppModule.forRoot(parts), {
      logger: false,
      abortOnError: false,
    });
    try {
      await saveNewKey();
      await context.get(DatabaseService).startNow();
      await run(context, print);
    } finally {
      await context.close();
    }
  });
}

function usage(): string {
  const line = ({ name, parameters, summary }: Command): string =>
    `  ${`${name} ${parameters}`.padEnd(58)} ${summary}`;
  return `Usage: npm run cli -- <command>\n\n${commands.map(line).join('\n')}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof UsageError)) exitWithCause('Nothing was done.', error);
  warn(error.message);
  process.exitCode = 2;
});
