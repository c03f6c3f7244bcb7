import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../support/database/database';
import { eventually } from '../../support/eventually';

const ROOT = join(__dirname, '../../..');

describe('npm start', () => {
  let database: TestDatabase;
  let directory: string;
  let npm: ChildProcess;

  beforeEach(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'caret-npm-'));
  });
  afterEach(async () => {
    // The whole group: a service that npm left behind has lost its parent.
    if (npm.exitCode === null && npm.signalCode === null) process.kill(-npm.pid!, 'SIGKILL');
    await rm(directory, { recursive: true, force: true });
    await database.drop();
  });

  /** The start script of package.json, with a `dist/main.js` that compiles the sources in memory. */
  async function installPackage(): Promise<void> {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    await writeFile(join(directory, 'package.json'), JSON.stringify({ scripts: { start: scripts.start } }));
    await mkdir(join(directory, 'dist'));
    const compiler = JSON.stringify(join(ROOT, 'test/support/app/typescript-main.js'));
    const main = `process.argv.splice(2, 0, 'src/main.ts'); require(${compiler});`;
    await writeFile(join(directory, 'dist/main.js'), main);
  }

  it('passes SIGTERM on to Caret, which drains before it ends', async () => {
    await installPackage();
    const env = {
      ...database.env,
      PATH: process.env['PATH'],
      HOME: directory,
      PORT: '0',
      ENCRYPTION_KEYS: `k:${randomBytes(32).toString('base64')}`,
      SHUTDOWN_DELAY_SECONDS: '2',
    };
    npm = spawn('npm', ['start'], { cwd: directory, env, detached: true });
    const ended = once(npm, 'close');
    let output = '';
    for (const stream of [npm.stdout, npm.stderr]) stream!.on('data', (text) => (output += String(text)));
    const url = () => /listening on (http:\S+)/.exec(output)?.[1];
    await eventually('Caret listens', () => url() !== undefined);
    const statusOf = async (path: string) => (await fetch(`${url()}${path}`)).status;
    expect(await statusOf('/readyz')).toBe(200);

    process.kill(npm.pid!, 'SIGTERM');
    await eventually('Caret drains', async () => (await statusOf('/readyz')) === 503);
    expect(await statusOf('/healthz')).toBe(200);
    await ended;
    await expect(statusOf('/healthz')).rejects.toThrow('fetch failed');
  });
});
