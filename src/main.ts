import 'reflect-metadata';
import { checkFiles } from './app/check-files';
import { exitOnUncaughtError, exitWithCause } from './app/exit-with-cause';
import { serviceUrl } from './app/listen';
import { exitOnSignal, shutDownOnSignal } from './app/shutdown';
import { startApp } from './app/start-app';
import { VERSION } from './common/version';
import { loadProcessConfig } from './config/config';

let verbose = false;
const fail = (error: unknown): never => exitWithCause('Caret did not start.', error, verbose);

// Only this user may read the database and the key file.
process.umask(0o077);

exitOnUncaughtError('Caret ended.');

// The reader of the output may exit; the service continues.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

async function main(): Promise<void> {
  if (process.argv[2] === '--version') return void process.stdout.write(`${VERSION}\n`);
  const config = loadProcessConfig(checkFiles);
  verbose = config.logLevel === 'debug' || config.logLevel === 'trace';
  exitOnSignal();
  const app = await startApp(config, { onFatal: fail });
  shutDownOnSignal(app, config);
  const url = serviceUrl(app, config.host);
  process.stderr.write(`Caret is listening on ${url} (API description: ${url}/docs)\n`);
}

main().catch(fail);
