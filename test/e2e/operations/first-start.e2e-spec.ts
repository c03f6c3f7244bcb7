import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceProcess } from '../../support/app/service-process';
import { ApiClient } from '../../support/clients/http-client';
import { createTestDatabase, engine, type TestDatabase } from '../../support/database/database';
import { eventually } from '../../support/eventually';

const TOKEN = /caret_[0-9a-f]{32}_[\w-]{51}/g;

describe('a start', () => {
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

  it('on an empty database makes one account and prints its admin token, once and not into the log', async () => {
    const { service, client } = await start();
    const tokens = service.output.match(TOKEN) ?? [];
    expect(tokens).toHaveLength(1);
    const { body } = await (await client(tokens[0])).get('/v1/account');
    expect(body).toMatchObject({ name: 'default', token: { scopes: ['admin'], expires_at: null } });
    expect([await count('accounts'), await count('api_tokens')]).toEqual([1, 1]);
    const logged = () => service.output.split('\n').filter((line) => line.startsWith('{'));
    await eventually('it logs the first account', () =>
      logged().some((line) => line.includes('first account')),
    );
    for (const line of logged()) expect(line).not.toMatch(TOKEN);
    await service.kill();

    const again = await start();
    expect(again.service.output).not.toMatch(TOKEN);
    expect((await (await again.client(tokens[0])).get('/v1/account')).body).toEqual(body);
    expect([await count('accounts'), await count('api_tokens')]).toEqual([1, 1]);
  });

  it('takes BOOTSTRAP_TOKEN for the first token, and never prints it', async () => {
    const token = `own!${randomBytes(24).toString('hex')}`;
    const { service, client } = await start({ BOOTSTRAP_TOKEN: token, LOG_LEVEL: 'trace' });
    expect((await (await client(token)).get('/v1/account')).body.token.scopes).toEqual(['admin']);
    expect(service.output).not.toContain(token);
    expect(service.output).not.toMatch(TOKEN);
    await service.kill();

    const without = await start();
    expect((await (await without.client(token)).get('/v1/account')).status).toBe(200);
  });

  it('has no use for BOOTSTRAP_TOKEN where there is an account already', async () => {
    const [first, second] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')];
    const { service } = await start({ BOOTSTRAP_TOKEN: first });
    await service.kill();
    const { client } = await start({ BOOTSTRAP_TOKEN: second });
    expect((await (await client(first)).get('/v1/account')).status).toBe(200);
    expect((await (await client(second)).get('/v1/account')).status).toBe(401);
    expect(await count('api_tokens')).toBe(1);
  });

  if (engine === 'sqlite') {
    it('without any key makes one, in a file that only its owner may read', async () => {
      delete env.ENCRYPTION_KEYS;
      const service = await ServiceProcess.start(env);
      running.push(service);
      const { mode } = await stat(join(env.DATA_DIR!, 'encryption.keys'));
      expect(mode & 0o777).toBe(0o600);
      await eventually('it says where the key is', () => service.output.includes('encryption.keys'));
    });

    it('needs nothing set at all', async () => {
      const service = await ServiceProcess.start({});
      running.push(service);
      const [token] = service.output.match(TOKEN) ?? [];
      expect((await new ApiClient(await service.listening(), token).get('/v1/account')).status).toBe(200);
    });
  }
});
