import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startTestApp, type TestApp } from '../../support/app/app';
import { ServiceProcess } from '../../support/app/service-process';
import { createProvider } from '../../support/clients/accounts';
import { createTestDatabase, engine, type TestDatabase } from '../../support/database/database';
import { withMariadb } from '../../support/database/mariadb-database';

const BOOTSTRAP_TOKEN = randomBytes(24).toString('hex');
const newKey = (kid: string) => `${kid}:${randomBytes(32).toString('base64')}`;
const onSqlite = engine === 'sqlite' ? describe : describe.skip;
const onServer = engine === 'mariadb' ? describe : describe.skip;

let database: TestDatabase;
let env: Record<string, string>;
const running: ServiceProcess[] = [];
const replicas: TestApp[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  env = { ...database.env, BOOTSTRAP_TOKEN, ENCRYPTION_KEYS: newKey('first') };
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.kill()));
  await Promise.all(replicas.splice(0).map((replica) => replica.app.close()));
  await database.drop();
});

/** The service in this process, which starts faster. */
async function serve(more: Record<string, string> = {}) {
  const replica = await startTestApp({ database, env: { ...env, ...more } });
  replicas.push(replica);
  return replica;
}

/** Leaves a sealed key in the database. */
async function useDatabase(more: Record<string, string> = {}) {
  const replica = await serve(more);
  await createProvider(replica.api);
  await replicas.pop()!.app.close();
}

/** Starts a process that must fail, and returns what it wrote. */
async function failedStart(more: Record<string, string> = {}): Promise<string> {
  const service = await ServiceProcess.spawn({ ...env, ...more });
  running.push(service);
  expect(await service.exited).toBe(1);
  expect(service.output).toContain('Caret did not start. ');
  expect(service.output).not.toContain('listening');
  expect(service.output).not.toContain(BOOTSTRAP_TOKEN);
  // Neither a stack nor an error as JSON.
  expect(service.output).not.toMatch(/^\s+at |"at":/m);
  return service.output;
}

async function expectNothingCreated() {
  expect(await readdir(database.env.DATA_DIR)).toEqual([]);
  if (engine === 'mariadb') expect(await database.query('SHOW TABLES')).toEqual([]);
}

describe('a start with an invalid configuration', () => {
  it('reports every problem without a value, and creates nothing', async () => {
    const output = await failedStart({
      PORT: 'http-secret',
      EGRESS_MODE: 'open-secret',
      BOOTSTRAP_TOKEN: 'too-short-secret',
      ENCRYPTION_KEYS: 'first:c2VjcmV0',
      DATABASE_TLS: '/nonexistent/secret.pem',
    });
    const problems = output.match(/^ {2}- [A-Z_]+(?=: )/gm)!.map((line) => line.slice(4));
    expect(problems.sort()).toEqual([
      'BOOTSTRAP_TOKEN',
      'DATABASE_TLS',
      'EGRESS_MODE',
      'ENCRYPTION_KEYS',
      'PORT',
    ]);
    expect(output).not.toMatch(/secret|c2VjcmV0/);
    await expectNothingCreated();
  });

  it('names HOST when its name does not resolve, and creates nothing', async () => {
    const output = await failedStart({ HOST: 'no-such-host.invalid' });
    expect(output).toContain('HOST: the name does not resolve to an address.');
    await expectNothingCreated();
  });
});

onSqlite('a start of a user without permissions', () => {
  it('reports every file and folder that the user cannot read or write', async () => {
    const folder = env.DATA_DIR!;
    const files = { DATABASE_TLS: join(folder, 'ca.pem'), ENCRYPTION_KEYS_FILE: join(folder, 'keys') };
    for (const path of [...Object.values(files), join(folder, '.env')])
      await writeFile(path, '', { mode: 0 });
    await chmod(folder, 0o555);
    const { output, code } = await startAsNobody(folder, { DATA_DIR: folder, ...files });
    expect(code).toBe(1);
    expect(output.split('\n').slice(1, -1)).toEqual([
      '  - .env: cannot be read (EACCES); must be a readable file of NAME=value lines',
      '  - DATABASE_TLS: names a file that cannot be read (EACCES)',
      "  - DATA_DIR: cannot be written (EACCES); Caret's user needs read and write access",
      '  - ENCRYPTION_KEYS_FILE: the key file cannot be opened (EACCES)',
    ]);
  });
});

/** Modes do not apply to root, so root starts the service as the user `nobody`. */
async function startAsNobody(cwd: string, variables: Record<string, string>) {
  const main = [join(__dirname, '../../support/app/typescript-main.js'), 'src/main.ts'];
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const service = spawn(process.execPath, main, {
    cwd,
    ...user,
    env: { PATH: process.env['PATH'], ...variables },
  });
  let output = '';
  service.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const [code] = (await once(service, 'close')) as [number | null];
  return { output, code };
}

describe('a start on a port in use', () => {
  it('names address and port, and creates nothing, not even a token', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const PORT = String(port);
    const output = await failedStart({ PORT, BOOTSTRAP_TOKEN: '' });
    await new Promise((resolve) => server.close(resolve));
    expect(output).toContain(`PORT: another process listens on 127.0.0.1:${port}.`);
    expect(output).not.toContain('caret_');
    await expectNothingCreated();

    const service = await ServiceProcess.start({ ...env, PORT, BOOTSTRAP_TOKEN: '' });
    running.push(service);
    expect(service.output).toMatch(/The admin token.*\n\n {2}caret_/);
  });
});

describe('a start with the wrong encryption keys', () => {
  it('is rejected when a key id has another key than before', async () => {
    await useDatabase();
    const output = await failedStart({ ENCRYPTION_KEYS: newKey('first') });
    expect(output).toContain(
      "key 'first' is not the key this database was sealed with. Put the original key back into ENCRYPTION_KEYS",
    );
    expect((await (await serve()).api.get('/readyz')).status).toBe(200);
  });

  it('is rejected when a key in use is not configured', async () => {
    await useDatabase();
    const output = await failedStart({ ENCRYPTION_KEYS: newKey('second') });
    expect(output).toMatch(/key 'first' is in use .* but is not configured\. Put the original key back into/);
  });

  it('is rejected when an inactive key id has another key than before', async () => {
    const second = newKey('second');
    await useDatabase({ ENCRYPTION_KEYS: `${env.ENCRYPTION_KEYS},${second}` });
    const output = await failedStart({ ENCRYPTION_KEYS: `${env.ENCRYPTION_KEYS},${newKey('second')}` });
    expect(output).toContain("'second'");
  });
});

onSqlite('a start on an embedded database', () => {
  it('is rejected while another process uses the file, which continues undisturbed', async () => {
    const first = await serve();
    const output = await failedStart();
    expect(output).toContain(`${join(env.DATA_DIR!, 'caret.db')} is in use by another Caret process.`);
    expect((await first.api.get('/v1/account')).status).toBe(200);
  });

  it('succeeds after a kill of the process that used the file', async () => {
    const first = await ServiceProcess.start(env);
    await first.kill();
    const second = await serve();
    expect((await second.api.get('/v1/account')).status).toBe(200);
  });

  it('is rejected when the key file is missing, rather than creating another key', async () => {
    await useDatabase();
    delete env.ENCRYPTION_KEYS;
    const output = await failedStart();
    expect(output).toContain('encryption.keys in DATA_DIR: the key file of this database is missing.');
    expect(await readdir(env.DATA_DIR!)).not.toContain('encryption.keys');
  });

  it('names the variable of a file that SQLite cannot read', async () => {
    await writeFile(join(env.DATA_DIR!, 'caret.db'), `SQLite format 3\0${'corrupt '.repeat(600)}`);
    const problem = 'the file cannot be opened as an SQLite database.';
    expect(await failedStart()).toContain(`DATABASE_URL: ${problem}`);
    expect(await failedStart({ DATABASE_URL: '' })).toContain(`caret.db in DATA_DIR: ${problem}`);
  });

  it('ends when DATA_DIR cannot be created', async () => {
    delete env.DATABASE_URL;
    expect(await failedStart({ DATA_DIR: '/proc/caret' })).toMatch(
      /DATA_DIR: .* cannot be created or written/,
    );
  });
});

onServer('a start on a database server', () => {
  it('is rejected without any key', async () => {
    delete env.ENCRYPTION_KEYS;
    expect(await failedStart()).toContain(
      'ENCRYPTION_KEYS: MySQL and MariaDB need ENCRYPTION_KEYS=kid:base64',
    );
    await expectNothingCreated();
  });

  it.each<[string, (url: URL) => void, string]>([
    [
      'a wrong password',
      (url) => (url.password = 'wrong-password'),
      'the server rejects the user or the password.',
    ],
    ['an unknown user', (url) => (url.username = 'nobody'), 'the server rejects the user or the password.'],
    ['a foreign database', (url) => (url.pathname = '/mysql'), 'the user has no access to that database.'],
  ])('names DATABASE_URL for %s', async (_case, change, problem) => {
    const url = new URL(env.DATABASE_URL!);
    change(url);
    const output = await failedStart({ DATABASE_URL: url.href });
    expect(output).toContain(`DATABASE_URL: ${problem}`);
    expect(output).not.toContain('wrong-password');
    expect(output).not.toContain(new URL(env.DATABASE_URL!).password);
  });

  it('names DATABASE_URL for a user who may only read', async () => {
    const user = new URL(env.DATABASE_URL!).username;
    await withMariadb(process.env['CARET_TEST_MARIADB_URL']!, async (root) => {
      await root.query(`REVOKE ALL ON ${user}.* FROM ${user}@'127.0.0.1'`);
      await root.query(`GRANT SELECT ON ${user}.* TO ${user}@'127.0.0.1'`);
    });
    const output = await failedStart();
    expect(output).toContain('DATABASE_URL: the user must have the right to create, change and read tables.');
  });
});
