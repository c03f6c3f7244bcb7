import './app/ignore-debugger-signal';
import 'reflect-metadata';
import { checkFiles } from './app/check-files';
import { exitOnUncaughtError, exitWithCause } from './app/exit-with-cause';
import { serviceUrl } from './app/listen';
import { exitOnSignal, shutDownOnSignal } from './app/shutdown';
import { startApp } from './app/start-app';
import { StartupError } from './common/startup-error';
import { VERSION } from './common/version';
import { loadProcessConfig } from './config/config';

const HOW_TO_CONFIGURE =
  'Set environment variables instead; README.md lists them. Commands such as backup run with: npm run cli -- --help';

let verbose = false;
const fail = (error: unknown): never => exitWithCause('Caret did not start.', error, verbose);

// Only this user may read the database and the key file.
process.umask(0o077);

exitOnUncaughtError('Caret ended.');

// The reader of the output may exit; the service continues.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

async function main(): Promise<void> {
  const [argument] = process.argv.slice(2);
  if (argument === '--version') return void process.stdout.write(`${VERSION}\n`);
  if (argument !== undefined) throw new StartupError(`Unknown argument: ${argument}. ${HOW_TO_CONFIGURE}`);
  const config = loadProcessConfig(checkFiles);
  verbose = config.logLevel === 'debug' || config.logLevel === 'trace';
  exitOnSignal();
  const app = await startApp(config, { onFatal: fail });
  shutDownOnSignal(app, config);
  const url = serviceUrl(app, config.host);
  process.stderr.write(`Caret is listening on ${url} (API description: ${url}/docs)\n`);
}

main().catch(fail);
