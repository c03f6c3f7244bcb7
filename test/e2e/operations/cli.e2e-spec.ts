import { randomBytes } from 'node:crypto';
import { startTestApp, type TestApp } from '../../support/app/app';
import { runCommand } from '../../support/app/command-line';
import { createTestDatabase, engine, type TestDatabase } from '../../support/database/database';
import { createProvider } from '../../support/registry/factories';

const newKey = (kid: string) => `${kid}:${randomBytes(32).toString('base64')}`;

describe('the command line', () => {
  let database: TestDatabase;
  let env: Record<string, string>;

  beforeEach(async () => {
    database = await createTestDatabase();
    const token = randomBytes(24).toString('hex');
    env = { ...database.env, ENCRYPTION_KEYS: newKey('first'), BOOTSTRAP_TOKEN: token };
  });
  afterEach(() => database.drop());

  const run = (...words: string[]) => runCommand(env, ...words);
  const NAMES_A_PROVIDER = { provider: 'openai', name: 'p', api_key: 'sk-cli-0123456789abcdef' };

  /** The service on the same database, for as long as `work` takes. */
  async function serving<T>(work: (app: TestApp) => Promise<T>): Promise<T> {
    const app = await startTestApp({ database, env });
    try {
      return await work(app);
    } finally {
      await app.stop();
    }
  }

  it('makes an account with an admin token, and a lesser token, which the service takes', async () => {
    const account = await run('account', 'create', '--name', 'Team Blue');
    expect(account.code).toBe(0);
    const [, id, admin] = /^account (\S+)\ntoken {3}(\S+)$/m.exec(account.output)!;
    const list = await run('account', 'list');
    expect(list.output).toContain('Team Blue');
    const token = await run(
      'token',
      'create',
      '--account',
      id!,
      '--name',
      'ci',
      '--scopes',
      'providers:read',
    );
    expect(token.code).toBe(0);

    await serving(async (app) => {
      const who = await app.clientFor(admin).get('/v1/account');
      expect(who.body).toMatchObject({ id, name: 'Team Blue', token: { scopes: ['admin'] } });
      const reader = app.clientFor(token.output.trim());
      expect((await reader.get('/v1/llm-providers')).status).toBe(200);
      expect((await reader.post('/v1/llm-providers', NAMES_A_PROVIDER)).status).toBe(403);
      const { body } = await app.clientFor(admin).get('/v1/audit-events');
      expect(body[0].actor).toEqual({ token_id: null, token_name: 'command line' });
    });
  });

  it('moves every secret to a new encryption key, after which the old one can go', async () => {
    const [first, second] = [env.ENCRYPTION_KEYS!, newKey('second')];
    const id = await serving(async ({ api }) => {
      const headers = { 'X-Gateway-Token': 'gateway-secret-1' };
      const provider = await createProvider(api, { advanced_json: { extra_headers: headers } });
      return provider.id as string;
    });
    const before = await database.query('SELECT sealed_api_key FROM providers');

    env = { ...env, ENCRYPTION_KEYS: `${second},${first}` };
    const rewrap = await run('keys', 'rewrap');
    expect(rewrap.output).toContain("All secrets are under 'second'.");
    expect(rewrap.code).toBe(0);
    expect(await database.query('SELECT sealed_api_key FROM providers')).not.toEqual(before);
    const status = await run('keys', 'status');
    expect(status.output).toMatch(
      /second: active, canary present\n( {2}.*\n)*? {2}providers\.sealed_api_key: 1/,
    );
    expect(status.output).toMatch(/first: decrypt only, canary present\n( {2}\S+: 0\n){4}/);

    env = { ...env, ENCRYPTION_KEYS: second };
    await serving(async ({ api }) => {
      const { body } = await api.get(`/v1/llm-providers/${id}`);
      expect(body.secret_status).toBe('ok');
    });
  });

  it('finds nothing wrong with a sound database, and says what is wrong with another', async () => {
    await serving(async ({ api }) => {
      const { id } = await createProvider(api);
      await api.post(`/v1/llm-providers/${id}/models`, { model: 'm' });
    });
    expect(await run('check')).toMatchObject({ code: 0 });
    await database.query('UPDATE provider_models SET default_of = NULL');
    const broken = await run('check');
    expect(broken.output).toContain('providers with models but without a default: 1');
    expect(broken.code).toBe(1);
  });

  it('migrates an empty database, and makes no account in it', async () => {
    expect(await run('migrate')).toMatchObject({ code: 0, output: 'The schema is up to date.\n' });
    expect(await database.query('SELECT id FROM accounts')).toEqual([]);
  });

  it.each([
    [['nonsense'], /^Usage: /],
    [['account', 'create'], /Missing: --name/],
    [['account', 'create', '--name', 'a^b'], /--name: /],
    [['account', 'list', '--all'], /--all/],
    [
      ['token', 'create', '--account', 'x', '--name', 'n', '--scopes', 'root'],
      /--scopes takes some of providers:read/,
    ],
  ])('says what would be right instead of %j, and opens nothing', async (words, message) => {
    const result = await run(...words);
    expect(result.errors).toMatch(message);
    expect([result.code, result.output]).toEqual([2, '']);
  });

  it('shows its usage when asked', async () => {
    const help = await run('--help');
    expect(help.output).toMatch(/^Usage: (.|\n)*keys rewrap/);
    expect(help.code).toBe(0);
  });

  if (engine === 'sqlite') {
    it('says that a running service must be stopped first', async () => {
      await serving(async () => {
        const refused = await run('account', 'list');
        expect(refused.code).toBe(1);
        expect(refused.errors).toMatch(/in use by another Caret process\. Stop it first/);
      });
    });
  } else {
    it('works while the service runs', async () => {
      await serving(async (app) => {
        expect(await run('keys', 'rewrap')).toMatchObject({ code: 0 });
        expect((await app.api.get('/v1/account')).status).toBe(200);
      });
    });
  }
});
