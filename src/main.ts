import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { createApp } from './app/create-app';
import { exitOnUncaughtError, exitWithCause } from './app/exit-with-cause';
import { shutDownOnSignal } from './app/shutdown';
import { VERSION } from './common/version';
import { loadConfig } from './config/config';
import { processEnvironment } from './config/environment';

const fail = (error: unknown): never => exitWithCause('Caret did not start.', error);

// Database and key file are for this user alone.
process.umask(0o077);

exitOnUncaughtError('Caret ended.');

// Who read the output may go; the service stays.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

async function main(): Promise<void> {
  if (process.argv[2] === '--version') return void process.stdout.write(`${VERSION}\n`);
  const config = loadConfig(processEnvironment());
  const app = await createApp(config, { onFatal: fail });
  shutDownOnSignal(app, config);
  await app.listen(config.port, config.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  process.stderr.write(`Caret is listening on http://${host}:${port} (API description at /docs)\n`);
}

main().catch(fail);
