import 'reflect-metadata';
import { createApp } from './app.setup';
import { loadConfig } from './config/config';
import { processEnvironment } from './config/environment';
import { shutDownOnSignal } from './shutdown';
import { endWithCause } from './start-failure';

const fail = (error: unknown): never => endWithCause('Caret did not start.', error);

// Database and key file are for this user alone.
process.umask(0o077);

async function main(): Promise<void> {
  const config = loadConfig(processEnvironment());
  const app = await createApp(config, { onFatal: fail });
  shutDownOnSignal(app, config);
  await app.listen(config.port, config.host);
  process.stdout.write(`Caret is listening on ${await app.getUrl()} (API description at /docs)\n`);
}

main().catch(fail);
