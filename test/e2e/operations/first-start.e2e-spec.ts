import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { ServiceProcess } from '../../support/app/service-process';
import { ApiClient } from '../../support/clients/api-client';
import { forgeToken } from '../../support/clients/forged-token';
import { createTestDatabase, engine, type TestDatabase } from '../../support/database/database';
import { eventually } from '../../support/eventually';

const TOKEN = /caret_[0-9a-f]{32}_[\w-]{51}/g;
const newToken = () => randomBytes(24).toString('hex');

let database: TestDatabase;
let env: Record<string, string>;
const running: ServiceProcess[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  env = { ...database.env, ENCRYPTION_KEYS: `first:${randomBytes(32).toString('base64')}` };
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.kill()));
  await database.drop();
});

async function start(more: Record<string, string> = {}) {
  const service = await ServiceProcess.start({ ...env, ...more });
  running.push(service);
  return { service, client: async (token?: string) => new ApiClient(await service.listening(), token) };
}

const count = async (table: string) =>
  Number((await database.query<{ count: unknown }>(`SELECT COUNT(*) AS count FROM ${table}`))[0]!.count);

const logLines = (service: ServiceProcess) =>
  service.output.split('\n').filter((line) => line.startsWith('{'));

const tokenFile = () => join(env.DATA_DIR!, 'admin-token');
const hasTokenFile = () =>
  access(tokenFile()).then(
    () => true,
    () => false,
  );

describe('the first start on an empty database', () => {
  it('creates one account and prints its admin token once, outside the log', async () => {
    const { service, client } = await start();
    const tokens = service.output.match(TOKEN) ?? [];
    expect(tokens).toHaveLength(1);
    const { body } = await (await client(tokens[0])).get('/v1/account');
    expect(body).toMatchObject({ name: 'default', token: { scopes: ['admin'], expires_at: null } });
    expect([await count('accounts'), await count('api_tokens')]).toEqual([1, 1]);
    await eventually('it logs the first account', () =>
      logLines(service).some((line) => line.includes('first account')),
    );
    for (const line of logLines(service)) expect(line).not.toMatch(TOKEN);
    await service.kill();

    const again = await start();
    expect(again.service.output).not.toMatch(TOKEN);
    expect((await (await again.client(tokens[0])).get('/v1/account')).body).toEqual(body);
    expect([await count('accounts'), await count('api_tokens')]).toEqual([1, 1]);
  });

  it('keeps the token in DATA_DIR/admin-token, for the owner only, until its first use', async () => {
    const first = await start();
    const [token] = first.service.output.match(TOKEN) ?? [];
    expect(await readFile(tokenFile(), 'utf8')).toBe(`${token}\n`);
    expect((await stat(tokenFile())).mode & 0o777).toBe(0o600);
    expect(first.service.output).toContain(tokenFile());
    expect((await (await first.client(newToken())).get('/v1/account')).status).toBe(401);
    await first.service.kill();

    const second = await start();
    expect(await hasTokenFile()).toBe(true);
    expect((await (await second.client(token)).get('/v1/account')).status).toBe(200);
    await eventually('the file is removed', async () => !(await hasTokenFile()));
  });

  it('logs the place of the unused token again, and removes a token that does not exist', async () => {
    await (await start()).service.kill();
    const second = await start();
    await eventually('it logs the place', () =>
      logLines(second.service).some((line) => line.includes(`${tokenFile()} until its first use`)),
    );
    await second.service.kill();
    await writeFile(tokenFile(), forgeToken(uuidv7()));
    await start();
    expect(await hasTokenFile()).toBe(false);
  });

  it('starts with a named pipe in place of admin-token', async () => {
    await (await start()).service.kill();
    await rm(tokenFile());
    execFileSync('mkfifo', [tokenFile()]);
    expect((await start()).service.output).toContain('listening');
  });

  it('accepts BOOTSTRAP_TOKEN as the first token, and neither prints nor stores its text', async () => {
    const token = `own!${newToken()}`;
    const { service, client } = await start({ BOOTSTRAP_TOKEN: token, LOG_LEVEL: 'trace' });
    expect((await (await client(token)).get('/v1/account')).body.token.scopes).toEqual(['admin']);
    expect(service.output).not.toContain(token);
    expect(service.output).not.toMatch(TOKEN);
    expect(await hasTokenFile()).toBe(false);
    await service.kill();

    const without = await start();
    expect((await (await without.client(token)).get('/v1/account')).status).toBe(200);
  });
});

describe('a later start with BOOTSTRAP_TOKEN', () => {
  const warnings = (service: ServiceProcess) =>
    logLines(service).filter((line) => line.includes('BOOTSTRAP_TOKEN has no effect'));
  /** The log is written in batches. */
  const exit = async (service: ServiceProcess) => {
    service.signal('SIGINT');
    await service.exited;
  };

  it('warns once and rejects the token when it is not the first token', async () => {
    const [first, second] = [newToken(), newToken()];
    const { service } = await start({ BOOTSTRAP_TOKEN: first });
    await exit(service);
    expect(warnings(service)).toEqual([]);

    const later = await start({ BOOTSTRAP_TOKEN: second });
    expect((await (await later.client(first)).get('/v1/account')).status).toBe(200);
    expect((await (await later.client(second)).get('/v1/account')).status).toBe(401);
    expect(await count('api_tokens')).toBe(1);
    await exit(later.service);
    const [warning, ...others] = warnings(later.service);
    expect(others).toEqual([]);
    expect(JSON.parse(warning!)).toMatchObject({ level: 40, variable: 'BOOTSTRAP_TOKEN' });
  });

  it('does not warn when it is the first token', async () => {
    const BOOTSTRAP_TOKEN = newToken();
    await exit((await start({ BOOTSTRAP_TOKEN })).service);
    const { service } = await start({ BOOTSTRAP_TOKEN });
    await exit(service);
    expect(warnings(service)).toEqual([]);
  });
});

const onSqlite = engine === 'sqlite' ? describe : describe.skip;

onSqlite('the first start of an embedded database', () => {
  it('creates a key that only its owner may read, and logs its place', async () => {
    delete env.ENCRYPTION_KEYS;
    const { service } = await start();
    const { mode } = await stat(join(env.DATA_DIR!, 'encryption.keys'));
    expect(mode & 0o777).toBe(0o600);
    await eventually('it logs the place of the key', () => service.output.includes('encryption.keys'));
  });

  it('leaves no account whose token nobody knows when a signal ends it', async () => {
    const { DATA_DIR } = env as { DATA_DIR: string };
    const ended = await ServiceProcess.spawn(env);
    running.push(ended);
    await eventually('it creates the database', () => existsSync(join(DATA_DIR, 'caret.db')));
    ended.signal('SIGTERM');
    await ended.exited;
    const { service, client } = await start();
    const saved = await readFile(tokenFile(), 'utf8').catch(() => '');
    const [token] = `${ended.output}${service.output}${saved}`.match(TOKEN) ?? [];
    expect((await (await client(token)).get('/v1/account')).status).toBe(200);
  });

  it('needs no variable at all', async () => {
    const service = await ServiceProcess.start({});
    running.push(service);
    const [token] = service.output.match(TOKEN) ?? [];
    expect((await new ApiClient(await service.listening(), token).get('/v1/account')).status).toBe(200);
  });
});
